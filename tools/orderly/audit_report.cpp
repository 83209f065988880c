#include "tools/orderly/audit_report.hpp"

#include <boost/json/serialize.hpp>

#include <cstdio>

namespace orderly::audit {
namespace {

void print(const std::string& line) { std::printf("%s\n", line.c_str()); }

/// What is stored may be anything, and one finding is one line.
std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f)
      c = '?';
  return text;
}

} // namespace

void printer::say(const std::string& order, const finding& one) {
  if (as_json_)
    return print(json::serialize(json::object{
        {"order", order}, {"rule", one.rule}, {"what", one.what}, {"found", one.found}, {"expected", one.expected}}));
  print(one_line("order " + order + "  " + std::string{one.rule} + ": " + one.what + ": found " + one.found + "; expected " +
                 one.expected));
}

void printer::add(const order_report& one) {
  orders_ += one.stored ? 1 : 0;
  damaged_ += one.damaged() ? 1 : 0;
  rules_changed_ += one.rules_changed() ? 1 : 0;
  unadopted_ += one.unadopted ? 1 : 0;
  quarantined_ += one.quarantined ? 1 : 0;
  with_dead_letters_ += one.dead_letters ? 1 : 0;
  pending_ += one.pending;
  late_ += one.late;
  for (const auto& each : one.findings)
    say(one.id.str(), each);
}

void printer::add_ownerless(const order_id& id) {
  ++damaged_;
  say(to_string(id), {rule::history, "the order of its events", "no row", "a row"});
}

void printer::say_counts(std::chrono::minutes patience) const {
  const auto line = [](std::int64_t number, const std::string& text) {
    if (number > 0)
      print(std::to_string(number) + " " + text);
  };
  line(unadopted_, "unadopted: inserted by hand, and no engine has touched them yet");
  line(rules_changed_, "decided by older rules, and otherwise than this version of the program would");
  line(quarantined_, "quarantined");
  line(with_dead_letters_, "with dead letters");
  line(pending_, "inputs pending");
  line(late_, "of them for more than " + std::to_string(patience.count()) + " minutes, their orders in no quarantine: warning");
}

bool printer::finish(std::chrono::minutes patience) {
  if (as_json_) {
    print(json::serialize(json::object{{"orders_read", orders_},
                                       {"damaged", damaged_},
                                       {"unadopted", unadopted_},
                                       {"rules_changed", rules_changed_},
                                       {"quarantined", quarantined_},
                                       {"with_dead_letters", with_dead_letters_},
                                       {"inputs_pending", pending_},
                                       {"inputs_pending_late", late_}}));
  } else {
    say_counts(patience);
    print(std::to_string(orders_) + " orders read, " + std::to_string(damaged_) + " damaged");
  }
  return damaged_ == 0;
}

} // namespace orderly::audit
