// SPDX-License-Identifier: MIT
#include "apps/help/manual_page.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cstdint>
#include <sstream>

#include "apps/help/option_words.hpp"

namespace tmm::apps {
namespace {

/// The code point that begins at text[i], and how many bytes it has.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text, std::size_t i) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const std::size_t length = byte(i) >= 0xF0 ? 4 : byte(i) >= 0xE0 ? 3 : 2;
  std::uint32_t value = byte(i) & (0xFFU >> (length + 1));
  for (std::size_t k = 1; k < length && i + k < text.size(); ++k) value = value << 6U | (byte(i + k) & 0x3FU);
  return {value, length};
}

/// How troff calls the letters that it would take for something else.
std::string_view escape(char letter) {
  switch (letter) {
    case '\\':
      return "\\(rs";
    case '-':
      return "\\-";
    case '\'':
      return "\\(aq";
    case '`':
      return "\\(ga";
    case '^':
      return "\\(ha";
    case '~':
      return "\\(ti";
    case '"':
      return "\\(dq";
    default:
      return {};
  }
}

std::string upper(std::string text) {
  for (char& letter : text) letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  return text;
}

/// An entry of a list: its name in bold, and what it is.
std::string entry(const std::string& name, const std::string& rest, const std::string& description) {
  return fmt::format(".TP\n\\fB{}\\fR{}\n{}\n", troff_text(name), troff_text(rest), troff_text(description));
}

std::string option_entry(const CLI::Option& option) {
  const CLI::Formatter formatter;
  const bool positional = option.get_positional();
  return entry(formatter.make_option_name(&option, positional), formatter.make_option_opts(&option),
               option.get_description());
}

std::string section(const std::string& title, const std::vector<const CLI::Option*>& options) {
  std::string text = ".SH " + troff_text(upper(title)) + "\n";
  for (const CLI::Option* option : options) text += option_entry(*option);
  return text;
}

/// The lines below the options of --help: indented ones are commands to type, shown as they stand.
std::string remarks(const std::string& footer) {
  std::string text;
  std::istringstream lines(footer);
  bool typed = false;
  for (std::string line; std::getline(lines, line);) {
    const bool indented = line.starts_with("  ");
    if (indented && !typed) text += ".RS 4\n.nf\n";
    if (!indented && typed) text += ".fi\n.RE\n";
    typed = indented;
    if (line.empty()) continue;
    text += indented ? troff_text(line.substr(2)) + "\n" : ".PP\n" + troff_text(line) + "\n";
  }
  return typed ? text + ".fi\n.RE\n" : text;
}

std::string see_also(const CLI::App& app, const CLI::App& command) {
  std::string text;
  if (&command != &app) text = "\\fBtmm\\fR(1)";
  for (const CLI::App* other : commands_of(app)) {
    if (other == &command || other->get_name() == "help") continue;
    text += (text.empty() ? "" : ",\n") + fmt::format("\\fBtmm\\-{}\\fR(1)", troff_text(other->get_name()));
  }
  return text + "\n";
}

}  // namespace

std::string troff_text(std::string_view text) {
  std::string out;
  bool line_begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char letter = text[i];
    if (line_begins && (letter == '.' || letter == '\'')) out += "\\&";
    line_begins = letter == '\n';
    if (static_cast<unsigned char>(letter) >= 0x80) {
      const auto [value, length] = code_point(text, i);
      out += fmt::format("\\[u{:04X}]", value);
      i += length - 1;
    } else if (const auto name = escape(letter); !name.empty()) {
      out += name;
    } else {
      out += letter;
    }
  }
  return out;
}

std::string manual_page(const CLI::App& app, const CLI::App& command, const std::string& version) {
  const bool whole = &command == &app;
  const std::string name = whole ? "tmm" : "tmm-" + command.get_name();
  const std::string typed = whole ? "tmm" : "tmm " + command.get_name();
  std::string usage = CLI::Formatter().make_usage(&command, typed);
  usage = CLI::detail::trim_copy(usage.substr(usage.find(typed) + typed.size()));
  std::string text =
      fmt::format(".TH {} 1 \"\" \"tmm {}\" \"tmm\"\n", troff_text(upper(name)), troff_text(version));
  text += fmt::format(".SH NAME\n{} \\- {}\n", troff_text(name), troff_text(command.get_description()));
  text += fmt::format(".SH SYNOPSIS\n\\fB{}\\fR {}\n", troff_text(typed), troff_text(usage));
  if (whole) {
    text += ".SH COMMANDS\n";
    for (const CLI::App* other : commands_of(app))
      text += entry(other->get_name(), "", other->get_description());
  }
  if (const auto positionals = positionals_of(command); !positionals.empty())
    text += section("Arguments", positionals);
  for (const std::string& group : option_groups(command)) text += section(group, options_of(command, group));
  const std::string footer = command.get_footer();
  if (!footer.empty())
    text +=
        (footer.find("Example:") != std::string::npos ? ".SH EXAMPLES\n" : ".SH NOTES\n") + remarks(footer);
  return text + ".SH SEE ALSO\n" + see_also(app, command);
}

}  // namespace tmm::apps
