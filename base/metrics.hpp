#pragma once
// Counters, gauges and histograms of the engine, in Prometheus text. Handles are made once and kept; updating one is lock-free
// (counter, gauge) or takes a short lock (histogram). Names: orderly_<part>_<what>_<unit>.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
class Registry;
} // namespace prometheus

namespace orderly {

class counter {
public:
  explicit counter(prometheus::Counter& inner) : inner_(&inner) {}
  void add(double amount = 1);
  [[nodiscard]] double value() const;

private:
  prometheus::Counter* inner_;
};

class gauge {
public:
  explicit gauge(prometheus::Gauge& inner) : inner_(&inner) {}
  void set(double value);
  void add(double amount);
  [[nodiscard]] double value() const;

private:
  prometheus::Gauge* inner_;
};

class histogram {
public:
  explicit histogram(prometheus::Histogram& inner) : inner_(&inner) {}
  void observe(double value);

private:
  prometheus::Histogram* inner_;
};

/// Owns every metric; outlives all parts that hold handles. Asking twice for one name and labels gives the same handle.
class metrics {
public:
  using labels = std::map<std::string, std::string>;

  metrics();
  ~metrics();
  metrics(const metrics&) = delete;
  metrics& operator=(const metrics&) = delete;

  orderly::counter counter(const std::string& name, const std::string& help, const labels& with = {});
  orderly::gauge gauge(const std::string& name, const std::string& help, const labels& with = {});
  orderly::histogram histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                               const labels& with = {});
  /// The value of a registered counter or gauge with exactly these labels. Registers nothing, unlike the above.
  [[nodiscard]] std::optional<double> find(const std::string& name, const labels& with = {}) const;
  /// The exposition format 0.0.4.
  [[nodiscard]] std::string render() const;

private:
  std::shared_ptr<prometheus::Registry> registry_;
};

} // namespace orderly
