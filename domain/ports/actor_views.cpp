#include "domain/ports/actor_views.hpp"

#include "base/names.hpp"

namespace orderly {
namespace {

constexpr std::array<std::string_view, 7> phases{"idle", "loading", "committing", "queued", "waiting", "leaving", "quarantined"};

} // namespace

std::string_view name_of(actor_phase phase) { return name_tables::name_in(phases, phase); }

} // namespace orderly
