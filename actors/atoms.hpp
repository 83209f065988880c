#pragma once
// The verbs of the protocols (protocol.hpp). At most ten characters (caf-0.17: atoms are packed into 64 bits).

#include <caf/atom.hpp>

namespace orderly::atom {

using answered = caf::atom_constant<caf::atom("answered")>;
using changed = caf::atom_constant<caf::atom("changed")>;
using called = caf::atom_constant<caf::atom("called")>;
using claim = caf::atom_constant<caf::atom("claim")>;
using commit = caf::atom_constant<caf::atom("commit")>;
using fetch = caf::atom_constant<caf::atom("fetch")>;
using loaded = caf::atom_constant<caf::atom("loaded")>;
using post = caf::atom_constant<caf::atom("post")>;
using record = caf::atom_constant<caf::atom("record")>;
using settled = caf::atom_constant<caf::atom("settled")>;
using stop = caf::atom_constant<caf::atom("stop")>;
using tick = caf::atom_constant<caf::atom("tick")>;
using wake = caf::atom_constant<caf::atom("wake")>;

} // namespace orderly::atom
