#include "app/orderlyd.hpp"

#include <malloc.h>

int main(int argc, char** argv) {
  // What one thread allocates another one frees here: an input goes from a session through its order's actor to a lane. glibc
  // gives threads arenas of their own, and what is free in one is lost to the others: resident memory creeps up.
  ::mallopt(M_ARENA_MAX, 1);
  return orderly::run_orderlyd(argc, argv, {});
}
