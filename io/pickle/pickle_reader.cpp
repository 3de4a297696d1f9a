// SPDX-License-Identifier: MIT
#include <fmt/core.h>

#include <bit>
#include <utility>

#include "io/pickle/pickle.hpp"

namespace tmm::io::pickle {
namespace {

constexpr std::size_t longest_global = 1024;

/// A stack machine that builds values and does nothing else.
class Reader {
 public:
  Reader(std::string_view bytes, std::size_t first, const std::string& file, const std::string& entry)
      : bytes_(bytes), position_(first), file_(file), entry_(entry) {}

  Document read() {
    if (byte() != 0x80) fail("not a pickle of protocol 2 to 5");
    protocol();
    for (;;) {
      opcode_at_ = position_;
      const std::uint8_t opcode = byte();
      if (opcode == '.') break;
      if (!constant(opcode) && !text(opcode) && !collection(opcode) && !object(opcode) &&
          !housekeeping(opcode))
        fail(fmt::format("opcode {:#04x} is none of those that are read", opcode));
    }
    document_.root = pop();
    if (!stack_.empty() || !marks_.empty()) fail("values are left over");
    document_.end = position_;
    return std::move(document_);
  }

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw FormatError("damaged pickle: " + what, {file_, place(), "", "", ""});
  }
  [[nodiscard]] std::string place() const {
    return (entry_.empty() ? "" : entry_ + ", ") + "byte " + std::to_string(opcode_at_);
  }

  std::string_view take(std::uint64_t length) {
    if (length > bytes_.size() - position_)
      throw Truncated("damaged pickle: it ends in the middle", {file_, place(), "", "", ""});
    const std::string_view piece = bytes_.substr(position_, length);
    position_ += length;
    return piece;
  }
  std::uint8_t byte() { return static_cast<std::uint8_t>(take(1)[0]); }
  /// A little-endian number without sign.
  std::uint64_t number(std::size_t width) {
    std::uint64_t value = 0;
    const std::string_view piece = take(width);
    for (std::size_t i = width; i-- > 0;) value = value << 8U | static_cast<std::uint8_t>(piece[i]);
    return value;
  }
  std::string_view line() {
    const auto end = bytes_.substr(position_, longest_global).find('\n');
    if (end == std::string_view::npos) {
      if (bytes_.size() - position_ > longest_global) fail("name is too long");
      take(bytes_.size() - position_ + 1);  // throws
    }
    return take(end + 1).substr(0, end);
  }
  void protocol() {
    const std::uint8_t version = byte();
    if (version < 2 || version > 5) fail("protocol " + std::to_string(version) + " is none of 2 to 5");
  }

  Value& make(Kind kind) {
    if (document_.values.size() >= maximum_values) fail("too many values");
    document_.values.emplace_back();
    push(static_cast<Id>(document_.values.size() - 1));
    Value& value = document_.values.back();
    value.kind = kind;
    return value;
  }
  void push(Id id) {
    if (stack_.size() >= maximum_values) fail("too many values at a time");
    stack_.push_back(id);
  }
  Id pop() {
    require_above_mark(1);
    const Id id = stack_.back();
    stack_.pop_back();
    return id;
  }
  /// Values from before the mark cannot be taken.
  void require_above_mark(std::size_t count) const {
    if (stack_.size() - (marks_.empty() ? 0 : marks_.back()) < count) fail("a value is missing");
  }
  Id top() const {
    require_above_mark(1);
    return stack_.back();
  }
  std::vector<Id> pop_to_mark() {
    if (marks_.empty()) fail("a mark is missing");
    const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
    std::vector<Id> ids(first, stack_.end());
    stack_.erase(first, stack_.end());
    marks_.pop_back();
    return ids;
  }
  std::vector<Id> pop_last(std::size_t count) {
    require_above_mark(count);
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<Id> ids(first, stack_.end());
    stack_.erase(first, stack_.end());
    return ids;
  }
  void collect(Kind kind, std::vector<Id> parts) {
    if (kind == Kind::dictionary && parts.size() % 2 != 0) fail("a key is without its value");
    count_links(parts.size());
    make(kind).parts = std::move(parts);
  }
  void count_links(std::size_t more) {
    if (more > maximum_links - links_) fail("too many parts");
    links_ += more;
  }
  /// Adds what APPEND, SETITEM and their like give to the value on top.
  void extend(const std::vector<Id>& parts, Kind kind) {
    Value& value = document_.values[top()];
    if (kind == Kind::dictionary && parts.size() % 2 != 0) fail("a key is without its value");
    if (value.kind == Kind::call && kind != Kind::dictionary) {
      value.changed = true;
      return;
    }
    if (value.kind != kind && value.kind != Kind::call) fail("value cannot take what is put into it");
    count_links(parts.size());
    value.parts.insert(value.parts.end(), parts.begin(), parts.end());
  }
  void integer(std::int64_t value) { make(Kind::integer).integer = value; }
  void boolean(bool value) { make(Kind::boolean).integer = value ? 1 : 0; }
  /// Two's complement of any width.
  void long_integer(std::uint64_t width) {
    const std::string_view digits = take(width);
    if (width > 8) {
      make(Kind::big).text = digits;
      return;
    }
    std::uint64_t bits = 0;
    for (std::size_t i = width; i-- > 0;) bits = bits << 8U | static_cast<std::uint8_t>(digits[i]);
    if (width > 0 && width < 8 && (digits.back() & 0x80) != 0) bits |= ~std::uint64_t{0} << (8 * width);
    integer(static_cast<std::int64_t>(bits));
  }
  void string(Kind kind, std::size_t width_of_length) {
    const std::string_view piece = take(number(width_of_length));
    make(kind).text = piece;
  }

  bool constant(std::uint8_t opcode) {
    switch (opcode) {
      case 'N':
        return make(Kind::none), true;
      case 0x88:
        return boolean(true), true;
      case 0x89:
        return boolean(false), true;
      case 'K':
        return integer(byte()), true;
      case 'M':
        return integer(static_cast<std::int64_t>(number(2))), true;
      case 'J':
        return integer(static_cast<std::int32_t>(number(4))), true;
      case 0x8a:
        return long_integer(byte()), true;
      case 0x8b:
        return long_integer(number(4)), true;
      case 'G':
        return make(Kind::real).real = std::bit_cast<double>(__builtin_bswap64(number(8))), true;
      default:
        return false;
    }
  }

  bool text(std::uint8_t opcode) {
    switch (opcode) {
      case 'X':
        return string(Kind::text, 4), true;
      case 0x8c:
        return string(Kind::text, 1), true;
      case 0x8d:
        return string(Kind::text, 8), true;
      case 'T':  // str of Python 2
        return string(Kind::text, 4), true;
      case 'U':
        return string(Kind::text, 1), true;
      case 'B':
        return string(Kind::bytes, 4), true;
      case 'C':
        return string(Kind::bytes, 1), true;
      case 0x8e:
      case 0x96:
        return string(Kind::bytes, 8), true;
      default:
        return false;
    }
  }

  bool collection(std::uint8_t opcode) {
    switch (opcode) {
      case ')':
        return make(Kind::tuple), true;
      case 0x85:
      case 0x86:
      case 0x87:
        return collect(Kind::tuple, pop_last(opcode - 0x84U)), true;
      case 't':
        return collect(Kind::tuple, pop_to_mark()), true;
      case ']':
        return make(Kind::list), true;
      case 'l':
        return collect(Kind::list, pop_to_mark()), true;
      case 'a':
        return extend(pop_last(1), Kind::list), true;
      case 'e':
        return extend(pop_to_mark(), Kind::list), true;
      case '}':
        return make(Kind::dictionary), true;
      case 'd':
        return collect(Kind::dictionary, pop_to_mark()), true;
      case 's':
        return extend(pop_last(2), Kind::dictionary), true;
      case 'u':
        return extend(pop_to_mark(), Kind::dictionary), true;
      case 0x8f:
        return make(Kind::set), true;
      case 0x90:
        return extend(pop_to_mark(), Kind::set), true;
      case 0x91:
        return collect(Kind::set, pop_to_mark()), true;
      default:
        return false;
    }
  }

  void global(std::string_view module, std::string_view name) {
    Value& value = make(Kind::global);
    value.text = module;
    value.name = name;
  }
  void global_of_stack() {
    const std::vector<Id> names = pop_last(2);
    const Value &module = document_.values[names[0]], &name = document_.values[names[1]];
    if (module.kind != Kind::text || name.kind != Kind::text) fail("name of a global is no text");
    if (module.text.size() > longest_global || name.text.size() > longest_global) fail("name is too long");
    const std::string_view first = module.text, second = name.text;  // make() moves the values
    global(first, second);
  }
  void call(std::size_t operands) {
    std::vector<Id> parts = pop_last(operands);
    if (document_.values[parts[1]].kind != Kind::tuple) fail("arguments are no tuple");
    const Id named = operands == 3 ? parts[2] : no_value;
    parts.resize(2);
    count_links(2);
    Value& value = make(Kind::call);
    value.parts = std::move(parts);
    value.state = named;  // keyword arguments: may change it as well
  }

  bool object(std::uint8_t opcode) {
    switch (opcode) {
      case 'c': {
        const std::string_view module = line();
        return global(module, line()), true;
      }
      case 0x93:
        return global_of_stack(), true;
      case 'R':
      case 0x81:  // NEWOBJ: class and arguments
        return call(2), true;
      case 0x92:  // NEWOBJ_EX: and keyword arguments
        return call(3), true;
      case 'b': {
        const Id state = pop();
        document_.values[top()].state = state;
        return true;
      }
      case 'Q':
        return collect(Kind::persistent, pop_last(1)), true;
      default:
        return false;
    }
  }

  void remember(std::uint64_t key) {
    if (key >= maximum_values) fail("number of a remembered value is too large");
    if (key >= memo_.size()) memo_.resize(key + 1, no_value);
    if (memo_[key] == no_value) ++remembered_;
    memo_[key] = top();
  }
  void recall(std::uint64_t key) {
    if (key >= memo_.size() || memo_[key] == no_value) fail("value has not been remembered");
    push(memo_[key]);
  }

  bool housekeeping(std::uint8_t opcode) {
    switch (opcode) {
      case 0x80:
        return protocol(), true;
      case 0x95: {  // FRAME: the length of what follows, which says nothing that the opcodes do not say
        const std::uint64_t length = number(8);
        if (length > bytes_.size() - position_) take(length);  // throws
        return true;
      }
      case '(':
        if (marks_.size() >= maximum_values) fail("too many marks");
        return marks_.push_back(stack_.size()), true;
      case '0':
        return pop(), true;
      case '1':
        return pop_to_mark(), true;
      case '2':
        return push(top()), true;
      case 'q':
        return remember(byte()), true;
      case 'r':
        return remember(number(4)), true;
      case 0x94:
        return remember(remembered_), true;
      case 'h':
        return recall(byte()), true;
      case 'j':
        return recall(number(4)), true;
      default:
        return false;
    }
  }

  std::string_view bytes_;
  std::size_t position_ = 0, opcode_at_ = 0;
  const std::string& file_;
  const std::string& entry_;
  Document document_;
  std::vector<Id> stack_, memo_;
  std::vector<std::size_t> marks_;
  std::size_t links_ = 0, remembered_ = 0;
};

}  // namespace

Document read(std::string_view bytes, std::size_t first, const std::string& file, const std::string& entry) {
  return Reader(bytes, std::min(first, bytes.size()), file, entry).read();
}

}  // namespace tmm::io::pickle
