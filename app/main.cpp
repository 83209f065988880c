#include "app/orderlyd.hpp"

int main(int argc, char** argv) {
  return orderly::run_orderlyd(argc, argv, {});
}
