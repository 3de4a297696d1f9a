// SPDX-License-Identifier: MIT
#include "io/pickle/pickle.hpp"

namespace tmm::io::pickle {

bool Document::is_global(Id id, std::string_view module, std::string_view name) const {
  const Value& value = at(id);
  return value.kind == Kind::global && value.text == module && value.name == name;
}

std::string Document::describe(Id id) const {
  const Value& value = at(id);
  switch (value.kind) {
    case Kind::none:
      return "None";
    case Kind::boolean:
      return "a boolean";
    case Kind::integer:
    case Kind::big:
      return "an integer";
    case Kind::real:
      return "a number";
    case Kind::text:
      return "a string";
    case Kind::bytes:
      return "bytes";
    case Kind::tuple:
      return "a tuple";
    case Kind::list:
      return "a list";
    case Kind::set:
      return "a set";
    case Kind::dictionary:
      return "a dictionary";
    case Kind::global:
      return "the name " + std::string(value.text) + "." + std::string(value.name);
    case Kind::persistent:
      return "a storage";
    case Kind::call: {
      Id callee = value.parts.front();  // the class is the first argument of what makes objects
      if (is_global(callee, "copyreg", "_reconstructor") || is_global(callee, "copy_reg", "_reconstructor")) {
        const Value& arguments = at(value.parts[1]);
        if (!arguments.parts.empty()) callee = arguments.parts.front();
      }
      const Value& called = at(callee);
      if (called.kind == Kind::global)
        return "an object of " + std::string(called.text) + "." + std::string(called.name);
      return "an object";
    }
  }
  return "a value";
}

bool Document::items(Id id, std::vector<std::pair<Id, Id>>& found) const {
  const Value& value = at(id);
  std::size_t first = 0;
  found.clear();
  if (value.kind == Kind::call) {
    const Value& arguments = at(value.parts[1]);
    if (!is_global(value.parts[0], "collections", "OrderedDict") || value.changed) return false;
    if (arguments.parts.size() > 1) return false;
    if (arguments.parts.size() == 1) {  // a list of pairs, as Python 2 wrote it
      const Value& pairs = at(arguments.parts[0]);
      if (pairs.kind != Kind::list) return false;
      for (const Id pair : pairs.parts) {
        const Value& both = at(pair);
        if ((both.kind != Kind::list && both.kind != Kind::tuple) || both.parts.size() != 2) return false;
        found.emplace_back(both.parts[0], both.parts[1]);
      }
    }
    first = 2;
  } else if (value.kind != Kind::dictionary) {
    return false;
  }
  for (std::size_t i = first; i + 1 < value.parts.size(); i += 2)
    found.emplace_back(value.parts[i], value.parts[i + 1]);
  return true;
}

}  // namespace tmm::io::pickle
