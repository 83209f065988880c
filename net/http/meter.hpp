#pragma once
// The metrics of the edge. Label values come from fixed sets only: routes, statuses, reasons, topics.

#include "base/metrics.hpp"
#include "base/trace.hpp"

#include <chrono>
#include <initializer_list>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace orderly {

/// Counters of one name, one per combination of label values, made when first needed. Thread-safe.
class counter_family {
public:
  counter_family(metrics& measured, std::string name, std::string help, std::vector<std::string> labels);
  /// @param values in the order of the labels
  void add(std::initializer_list<std::string_view> values);

private:
  metrics& measured_;
  const std::string name_, help_;
  const std::vector<std::string> labels_;
  std::mutex mutex_;
  std::map<std::string, counter, std::less<>> made_; // key: values, each followed by '\n'
};

/// One for each stage of an input's trace up to the answer.
std::vector<histogram> stages_of(metrics& measured);

/// Each metric with its name and help, in the order in which they are made.
class http_meter {
  metrics& measured_; // makes what follows

public:
  explicit http_meter(metrics& measured) : measured_(measured) {}

  void answered(std::string_view listener, std::string_view route, int status, std::chrono::steady_clock::duration took);
  /// A request that was refused before a route saw it, or a webhook whose signature was.
  void rejected(std::string_view reason) { rejected_.add({reason}); }
  void webhook(std::string_view topic, std::string_view outcome) { webhooks_.add({topic, outcome}); }
  /// How long each stage took of an input that was answered: from the offset before to its own.
  void traced(const trace& of);
  void stream_ended(std::string_view route, std::string_view how) { streams_ended_.add({route, how}); }

  // Of both listeners.
  gauge in_flight =
      measured_.gauge("orderly_http_in_flight", "Inputs that wait for an answer, each order of a webhook for itself");
  gauge connections = measured_.gauge("orderly_http_connections", "Open connections of both listeners");
  gauge body_bytes =
      measured_.gauge("orderly_http_body_bytes", "Bytes of bodies of requests that are read or wait for their answer");
  gauge streams = measured_.gauge("orderly_http_streams", "Answers that are written while they are sent: event streams, exports");

private:
  counter_family requests_{measured_, "orderly_http_requests_total", "Requests answered", {"listener", "route", "status"}};
  counter_family rejected_{measured_, "orderly_http_rejected_total", "Requests refused at the edge, by reason", {"reason"}};
  counter_family webhooks_{
      measured_, "orderly_webhook_received_total", "Signed webhooks, by topic and outcome", {"topic", "outcome"}};
  counter_family streams_ended_{measured_, "orderly_http_streams_ended_total", "Ends of such answers, by how", {"route", "how"}};
  std::mutex mutex_;
  std::map<std::string, histogram, std::less<>> seconds_;
  std::vector<histogram> stages_ = stages_of(measured_);
};

} // namespace orderly
