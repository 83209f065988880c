#include "tests/sim/rough_reader.hpp"

#include <stdexcept>
#include <utility>

namespace orderly::sim {

/// A defect in the handling of an input ends its order's actor. It stands here because an actor that has just begun always reads.
void rough_reader::strike_order(const load_request& what) {
  if (on_.actor != "order")
    return;
  for (const auto& key : what.keys)
    if (on_.is_marked(key, "deadly", on_.with.chances.deadly_keys)) {
      ++on_.deaths;
      on_.note("  FAULT deadly input ", key);
      throw std::runtime_error("a deadly input: the simulation says so");
    }
}

template <class T>
void rough_reader::read(const char* name, std::function<result<T>()> find, reply<T> done) {
  if (!alive_)
    return done(error{error_code::shutting_down, "the engine is gone", {}});
  if (on_.strikes(on_.with.chances.read_fails)) {
    ++on_.misreads;
    on_.note("  FAULT ", name, ": the reader fails");
    return done(on_.random.in_100(80) ? error{error_code::storage_unavailable, "the simulation says so", {}}
                                      : error{error_code::overloaded, "the simulation says so", {}});
  }
  if (!on_.strikes(on_.with.chances.read_waits))
    return done(find());
  if (on_.random.in_100(50))
    waiting_.push_back([found = find(), done] { done(found); });
  else
    waiting_.push_back([find, done] { done(find()); });
}

void rough_reader::load(load_request what, reply<loaded_order> done) {
  strike_order(what);
  const bool spoilt = on_.actor == "order" && on_.strikes(on_.with.chances.unreadable);
  read<loaded_order>(
      "load",
      [this, what = std::move(what), spoilt]() -> result<loaded_order> {
        if (spoilt) {
          ++on_.deaths;
          on_.note("  FAULT order ", what.order.str(), " cannot be read");
          return error{error_code::order_unreadable, "the simulation says so", {}};
        }
        auto found = inner_->load({&what, 1});
        if (!found)
          return found.error();
        return std::move(found->front());
      },
      std::move(done));
}

void rough_reader::pending(pending_request what, reply<pending_page> done) {
  read<pending_page>(
      "pending", [this, what = std::move(what)] { return inner_->pending(what); }, std::move(done));
}

void rough_reader::dead_letters(dead_letter_filter filter, reply<dead_letter_page> done) {
  read<dead_letter_page>(
      "dead letters", [this, filter = std::move(filter)] { return inner_->dead_letters(filter); }, std::move(done));
}

void rough_reader::answer_one() {
  auto& chosen = on_.random.one_of(waiting_);
  const auto answer = std::exchange(chosen, std::move(waiting_.back()));
  waiting_.pop_back();
  answer();
}

} // namespace orderly::sim
