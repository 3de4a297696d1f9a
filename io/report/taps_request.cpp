// SPDX-License-Identifier: MIT
#include "io/report/taps_request.hpp"

#include "io/json/json_text.hpp"

namespace tmm::io {

std::string taps_json(const model::TapsRequest& taps) {
  using Transform = model::TapsRequest::Transform;
  JsonMembers members{{"glob", json_string(taps.glob)},
                      {"transpose", taps.transpose ? "true" : "false"},
                      {"reverse", taps.reverse ? "true" : "false"}};
  members.emplace_back("transform", taps.transform == Transform::none       ? "null"
                                    : taps.transform == Transform::softplus ? "\"softplus\""
                                                                            : "\"soft threshold\"");
  if (taps.transform == Transform::soft_threshold)
    members.emplace_back("threshold", json_number(taps.threshold));
  members.emplace_back("add_to_first", taps.add_to_first.empty() ? "null" : json_string(taps.add_to_first));
  return json_line(members);
}

model::TapsRequest read_taps(const JsonCursor& at) {
  using Transform = model::TapsRequest::Transform;
  model::TapsRequest taps;
  taps.glob = at["glob"].text();
  taps.transpose = at["transpose"].boolean();
  taps.reverse = at["reverse"].boolean();
  const JsonCursor transform = at["transform"];
  if (!transform.is_null()) {
    const std::string name = transform.text();
    if (name != "softplus" && name != "soft threshold") transform.fail("softplus or soft threshold");
    taps.transform = name == "softplus" ? Transform::softplus : Transform::soft_threshold;
  }
  if (taps.transform == Transform::soft_threshold) taps.threshold = at["threshold"].number();
  if (!at["add_to_first"].is_null()) taps.add_to_first = at["add_to_first"].text();
  return taps;
}

}  // namespace tmm::io
