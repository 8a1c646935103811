// Reads JSON lines into columns of 64-bit floats with simdjson, once, and prints how long it took as JSON.
//
//     c++ -O3 -march=native -std=c++17 readRows.cpp -lsimdjson -o readRows && ./readRows FILE

#include <simdjson.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

static double seconds(const timeval &time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  const auto start = std::chrono::steady_clock::now();
  const auto text = simdjson::padded_string::load(argv[1]);
  if (text.error()) return 1;
  simdjson::ondemand::parser parser;
  std::vector<std::vector<double>> columns;
  std::unordered_map<std::string, size_t> places;
  std::vector<std::string> order;
  auto rows = parser.iterate_many(text.value_unsafe(), 1 << 20);
  if (rows.error()) return 1;
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
  const auto end = std::chrono::steady_clock::now();
  getrusage(RUSAGE_SELF, &after);
  double sum = 0;
  for (const auto &column : columns)
    for (const double value : column) sum += value;
  const double cpu = seconds(after.ru_utime) + seconds(after.ru_stime) - seconds(before.ru_utime) -
                     seconds(before.ru_stime);
  std::printf("{\"rows\":%zu,\"sum\":%.17g,\"ms\":%.3f,\"cpuMs\":%.3f,\"megabytes\":%.1f}\n",
              columns.empty() ? 0 : columns[0].size(), sum,
              std::chrono::duration<double, std::milli>(end - start).count(), 1000 * cpu,
              after.ru_maxrss / 1024.0);
}
