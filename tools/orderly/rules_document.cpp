#include "tools/orderly/document_fold.hpp"
#include "tools/orderly/rules.hpp"

namespace orderly::audit {

void check_document(const evidence& all, findings& out) {
  if (!all.stored.row || !all.whole || all.events.empty() || all.folded.facts.erased)
    return;
  document_fold fold{all, out};
  for (const auto& e : all.events)
    if (!fold.take(e))
      return;
  fold.compare(all.stored.row->document);
}

} // namespace orderly::audit
