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

class http_meter {
public:
  explicit http_meter(metrics& measured);

  void answered(std::string_view listener, std::string_view route, int status, std::chrono::steady_clock::duration took);
  /// A request that was refused before a route saw it, or a webhook whose signature was.
  void rejected(std::string_view reason) { rejected_.add({reason}); }
  void webhook(std::string_view topic, std::string_view outcome) { webhooks_.add({topic, outcome}); }
  /// How long each stage took of an input that was answered: from the offset before to its own.
  void traced(const trace& of);
  void stream_ended(std::string_view route, std::string_view how) { streams_ended_.add({route, how}); }
  /// Of both listeners: inputs that wait for an answer, open connections, bytes of bodies, answers that are streams.
  gauge in_flight, connections, body_bytes, streams;

private:
  metrics& measured_;
  counter_family requests_, rejected_, webhooks_, streams_ended_;
  std::mutex mutex_;
  std::map<std::string, histogram, std::less<>> seconds_;
  std::vector<histogram> stages_; ///< up to the answer
};

} // namespace orderly
