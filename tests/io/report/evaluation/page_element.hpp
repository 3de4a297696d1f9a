// SPDX-License-Identifier: MIT
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tmm::test {

/// The data element `id` of a page.
inline nlohmann::json page_element(const std::string& page, const std::string& id) {
  const std::string opening = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t begin = page.find(opening) + opening.size();
  return nlohmann::json::parse(page.substr(begin, page.find("</script>", begin) - begin));
}

/// Whether the page's script declares this name.
inline bool page_declares(const std::string& page, const std::string& name) {
  return page.find("const " + name + " =", page.find("'use strict'; (() => {")) != std::string::npos;
}

}  // namespace tmm::test
