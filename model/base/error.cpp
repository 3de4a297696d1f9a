// SPDX-License-Identifier: MIT
#include "model/base/error.hpp"

#include <utility>

#include "model/base/text.hpp"

namespace tmm {
namespace {

std::string compose(const std::string& summary, const ErrorContext& c) {
  std::string text;
  if (!c.file.empty()) text += model::printable(c.file) + ": ";
  if (!c.dataset.empty()) text += model::printable(c.dataset) + ": ";
  text += summary;
  if (!c.expected.empty() && !c.found.empty())
    text += " (expected " + c.expected + ", found " + c.found + ")";
  else if (!c.expected.empty())
    text += " (expected " + c.expected + ")";
  else if (!c.found.empty())
    text += " (found " + c.found + ")";
  if (!c.hint.empty()) text += ". " + c.hint;
  return text;
}

}  // namespace

Error::Error(const std::string& summary, ErrorContext context)
    : std::runtime_error(compose(summary, context)), summary_(summary), context_(std::move(context)) {}

}  // namespace tmm
