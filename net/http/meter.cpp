#include "net/http/meter.hpp"

#include <algorithm>

namespace orderly {

counter_family::counter_family(metrics& measured, std::string name, std::string help, std::vector<std::string> labels)
    : measured_(measured), name_(std::move(name)), help_(std::move(help)), labels_(std::move(labels)) {}

void counter_family::add(std::initializer_list<std::string_view> values) {
  std::string key;
  for (auto value : values) {
    key += value;
    key += '\n';
  }
  const std::lock_guard lock{mutex_};
  auto found = made_.find(key);
  if (found == made_.end()) {
    metrics::labels with;
    auto label = labels_.begin();
    for (auto value : values)
      with.emplace(*label++, value);
    found = made_.emplace(key, measured_.counter(name_, help_, with)).first;
  }
  found->second.add();
}

std::vector<histogram> stages_of(metrics& measured) {
  std::vector<histogram> stages;
  for (std::size_t i = 0; i <= static_cast<std::size_t>(trace_stage::replied); ++i)
    stages.push_back(measured.histogram("orderly_input_stage_seconds", "Where the time of answered inputs went, by stage",
                                        {.00001, .00003, .0001, .0003, .001, .003, .01, .03, .1, .3, 1, 3, 10},
                                        {{"stage", std::string{name_of(static_cast<trace_stage>(i))}}}));
  return stages;
}

void http_meter::answered(std::string_view listener, std::string_view route, int status,
                          std::chrono::steady_clock::duration took) {
  requests_.add({listener, route, std::to_string(status)});
  const std::lock_guard lock{mutex_};
  auto found = seconds_.find(route);
  if (found == seconds_.end())
    found = seconds_
                .emplace(route, measured_.histogram("orderly_http_request_seconds", "From the whole request to its answer",
                                                    {.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
                                                    {{"route", std::string{route}}}))
                .first;
  found->second.observe(std::chrono::duration<double>(took).count());
}

void http_meter::traced(const trace& of) {
  std::chrono::microseconds before{0};
  for (std::size_t i = 0; i < stages_.size(); ++i)
    if (const auto offset = of.offset(static_cast<trace_stage>(i))) {
      stages_[i].observe(std::chrono::duration<double>(std::max(*offset - before, std::chrono::microseconds{0})).count());
      before = std::max(before, *offset);
    }
}

} // namespace orderly
