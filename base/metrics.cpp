#include "base/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace orderly {

void counter::add(double amount) { inner_->Increment(amount); }
double counter::value() const { return inner_->Value(); }
void gauge::set(double value) { inner_->Set(value); }
void gauge::add(double amount) { inner_->Increment(amount); }
double gauge::value() const { return inner_->Value(); }
void histogram::observe(double value) { inner_->Observe(value); }

metrics::metrics() : registry_(std::make_shared<prometheus::Registry>()) {}
metrics::~metrics() = default;

orderly::counter metrics::counter(const std::string& name, const std::string& help, const labels& with) {
  return orderly::counter{prometheus::BuildCounter().Name(name).Help(help).Register(*registry_).Add(with)};
}

orderly::gauge metrics::gauge(const std::string& name, const std::string& help, const labels& with) {
  return orderly::gauge{prometheus::BuildGauge().Name(name).Help(help).Register(*registry_).Add(with)};
}

orderly::histogram metrics::histogram(const std::string& name, const std::string& help, const std::vector<double>& bounds,
                                      const labels& with) {
  return orderly::histogram{prometheus::BuildHistogram()
                                .Name(name)
                                .Help(help)
                                .Register(*registry_)
                                .Add(with, prometheus::Histogram::BucketBoundaries(bounds))};
}

std::optional<double> metrics::find(const std::string& name, const labels& with) const {
  for (const auto& family : registry_->Collect()) {
    const bool is_single = family.type == prometheus::MetricType::Counter || family.type == prometheus::MetricType::Gauge;
    if (family.name != name || !is_single)
      continue;
    for (const auto& one : family.metric) {
      labels own;
      for (const auto& label : one.label)
        own.emplace(label.name, label.value);
      if (own == with)
        return family.type == prometheus::MetricType::Counter ? one.counter.value : one.gauge.value;
    }
  }
  return std::nullopt;
}

std::string metrics::render() const { return prometheus::TextSerializer{}.Serialize(registry_->Collect()); }

} // namespace orderly
