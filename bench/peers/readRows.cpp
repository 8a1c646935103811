// Reads JSON lines into columns of 64-bit floats with simdjson, once, and prints how long it took as JSON.
//
//     c++ -O3 -march=native -std=c++17 readRows.cpp -lsimdjson -o readRows && ./readRows [FILE...]

#include <simdjson.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static double seconds(const timeval &time) { return time.tv_sec + time.tv_usec / 1e6; }

using Columns = std::vector<std::vector<double>>;

static bool read(const char *file, Columns &columns) {
  const auto text = simdjson::padded_string::load(file);
  if (text.error()) return false;
  simdjson::ondemand::parser parser;
  std::unordered_map<std::string, size_t> places;
  std::vector<std::string> order;
  auto rows = parser.iterate_many(text.value_unsafe(), 1 << 20);
  if (rows.error()) return false;
  for (auto row : rows.value_unsafe()) {
    size_t at = 0;
    for (auto field : row.get_object()) {
      const std::string_view key = field.unescaped_key().value();
      // The same keys in the same order: each is compared with the one that is expected.
      size_t place = at;
      if (at >= order.size() || order[at] != key) {
        const auto known = places.find(std::string(key));
        if (known != places.end()) place = known->second;
        else {
          place = columns.size();
          places.emplace(key, place);
          order.emplace_back(key);
          columns.emplace_back();
        }
      }
      columns[place].push_back(field.value().get_double().value());
      at += 1;
    }
  }
  return true;
}

int main(int argc, char **argv) {
  size_t points = 0;
  double sum = 0, ms = 0, cpu = 0;
  rusage usage{};
  for (int i = 1; i < argc; i++) {
    rusage before{};
    getrusage(RUSAGE_SELF, &before);
    const auto start = std::chrono::steady_clock::now();
    Columns columns;
    if (!read(argv[i], columns)) return 1;
    ms += std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
    getrusage(RUSAGE_SELF, &usage);
    cpu += seconds(usage.ru_utime) + seconds(usage.ru_stime) - seconds(before.ru_utime) -
           seconds(before.ru_stime);
    // The first column is the step.
    for (size_t column = 1; column < columns.size(); column++) {
      points += columns[column].size();
      for (const double value : columns[column]) sum += value;
    }
  }
  getrusage(RUSAGE_SELF, &usage);
  std::printf("{\"points\":%zu,\"sum\":%.17g,\"ms\":%.3f,\"cpuMs\":%.3f,\"megabytes\":%.1f}\n", points,
              sum, ms, 1000 * cpu, usage.ru_maxrss / 1024.0);
}
