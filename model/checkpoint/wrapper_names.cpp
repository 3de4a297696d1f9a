// SPDX-License-Identifier: MIT
#include "model/checkpoint/wrapper_names.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>

#include "model/checkpoint/toeplitz_name.hpp"

namespace tmm::model {
namespace {

constexpr std::array<std::string_view, 4> transparent{"_orig_mod", "module", "_fsdp_wrapped_module",
                                                      "_checkpoint_wrapped_module"};

constexpr std::array<std::string_view, 8> containers{
    "model", "net", "network", "state_dict", "model_state_dict", "base_model", "ema", "ema_model"};

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// `name` without transparent components; its last component stays whatever it is called.
std::string without_wrappers(std::string_view name, std::set<std::string>& taken) {
  std::string rest;
  for (std::size_t dot; (dot = name.find('.')) != std::string_view::npos; name.remove_prefix(dot + 1)) {
    const std::string_view component = name.substr(0, dot);
    if (is_one_of(transparent, component)) {
      taken.insert(std::string(component) + ".");
    } else {
      rest.append(component).append(".");
    }
  }
  return rest.append(name);
}

bool is_known_container(std::string_view prefix) {
  for (std::size_t dot; (dot = prefix.find('.')) != std::string_view::npos; prefix.remove_prefix(dot + 1))
    if (!is_one_of(containers, prefix.substr(0, dot))) return false;
  return true;
}

/// The one container that holds the blocks; none where blocks stand at the top or below several names.
std::optional<std::string> only_container(std::span<const std::string> names) {
  std::optional<std::string> found;
  for (const std::string& name : names) {
    if (parse_block_tensor(name)) return std::nullopt;
    const std::string_view here = block_container(name);
    if (here.empty()) continue;
    if (found && *found != here) return std::nullopt;
    found = here;
  }
  return found;
}

}  // namespace

std::string_view block_container(std::string_view name) {
  if (parse_block_tensor(name)) return {};
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1))
    if (parse_block_tensor(name.substr(dot + 1))) return name.substr(0, dot + 1);
  return {};
}

std::set<std::string> network_copies(std::span<const std::string> names) {
  std::set<std::string> prefixes;
  for (const std::string& name : names) {
    const std::string_view prefix = block_container(name);
    if (!prefix.empty() || parse_block_tensor(name)) prefixes.emplace(prefix);
  }
  return prefixes;
}

std::string copy_prefix(std::string_view copy) {
  if (copy == "top") return {};
  std::set<std::string> ignored;
  std::string name(copy);
  if (!name.ends_with('.')) name += '.';
  return without_wrappers(name, ignored);
}

std::vector<std::string> names_of_copy(std::span<const std::string> names, const std::string& prefix) {
  const std::set<std::string> copies = network_copies(names);
  std::vector<std::string> chosen;
  if (!copies.contains(prefix)) return chosen;
  const auto of_another = [&](const std::string& name) {  // one that stands below this one
    return std::ranges::any_of(copies, [&](const std::string& other) {
      return other.size() > prefix.size() && name.starts_with(other);
    });
  };
  std::ranges::copy_if(names, std::back_inserter(chosen), [&](const std::string& name) {
    return name.starts_with(prefix) && !of_another(name);
  });
  return chosen;
}

UnwrappedNames unwrap_names(std::span<const std::string> names) {
  UnwrappedNames result;
  result.names.reserve(names.size());
  for (const std::string& name : names) result.names.push_back(without_wrappers(name, result.wrappers));
  const auto container = only_container(result.names);
  if (!container || !is_known_container(*container)) return result;
  result.container = *container;
  for (std::string& name : result.names)
    if (name.starts_with(*container)) name.erase(0, container->size());
  return result;
}

}  // namespace tmm::model
