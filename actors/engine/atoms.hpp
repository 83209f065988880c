#pragma once
// The verbs of the protocols (protocol.hpp). At most ten characters (caf-0.17: atoms are packed into 64 bits).

#include <caf/atom.hpp>

namespace orderly::atom {

using answered = caf::atom_constant<caf::atom("answered")>;
using busy = caf::atom_constant<caf::atom("busy")>;
using changed = caf::atom_constant<caf::atom("changed")>;
using called = caf::atom_constant<caf::atom("called")>;
using commit = caf::atom_constant<caf::atom("commit")>;
using fetch = caf::atom_constant<caf::atom("fetch")>;
using found = caf::atom_constant<caf::atom("found")>;
using lift = caf::atom_constant<caf::atom("lift")>;
using loaded = caf::atom_constant<caf::atom("loaded")>;
using look = caf::atom_constant<caf::atom("look")>;
using passivate = caf::atom_constant<caf::atom("passivate")>;
using post = caf::atom_constant<caf::atom("post")>;
using record = caf::atom_constant<caf::atom("record")>;
using redriven = caf::atom_constant<caf::atom("redriven")>;
using restart = caf::atom_constant<caf::atom("restart")>;
using run = caf::atom_constant<caf::atom("run")>;
using settled = caf::atom_constant<caf::atom("settled")>;
using stop = caf::atom_constant<caf::atom("stop")>;
using swept = caf::atom_constant<caf::atom("swept")>;
using tick = caf::atom_constant<caf::atom("tick")>;
using unfit = caf::atom_constant<caf::atom("unfit")>;
using wake = caf::atom_constant<caf::atom("wake")>;
using walk = caf::atom_constant<caf::atom("walk")>;

} // namespace orderly::atom
