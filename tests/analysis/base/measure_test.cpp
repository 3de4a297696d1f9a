// SPDX-License-Identifier: MIT
#include "analysis/base/measure.hpp"

#include <boost/multiprecision/mpfr.hpp>
#include <catch2/catch.hpp>
#include <cmath>
#include <random>

using tmm::analysis::Measure, tmm::analysis::ScaledReal, tmm::analysis::Status;

TEST_CASE("a scaled real carries values outside the double range") {
  const ScaledReal tiny = ScaledReal::from_binary(1.0, -3322);  // 2^-3322 = 9.5466…e-1001
  CHECK(tiny.exponent == -1001);
  CHECK(tiny.log10() == Approx(-3322 * std::log10(2.0)).epsilon(1e-15));
  CHECK(tiny.to_double() == 0);
  CHECK(ScaledReal::from_binary(-1.0, 4000).to_double() == -HUGE_VAL);
}

TEST_CASE("a scaled real agrees with double inside its range") {
  for (const double x : {1.0, -1.0, 9.999999999999999, 10.0, 0.1, 3.02e-255, 1.7e308, 5e-324}) {
    const ScaledReal s = ScaledReal::from_double(x);
    CHECK(std::fabs(s.mantissa) >= 1);
    CHECK(std::fabs(s.mantissa) < 10);
    CHECK(s.to_double() == Approx(x).epsilon(1e-15));
  }
  CHECK(ScaledReal::from_double(0).to_double() == 0);
  CHECK(std::isinf(ScaledReal::from_double(0).log10()));
}

TEST_CASE("decimal conversion by tables is that by powers, bit for bit, within the tables and beyond") {
  for (int e = -1300; e <= 1300; ++e) {
    const ScaledReal s = ScaledReal::from_binary(0.75, e);
    const long double p = e * 0.30102999566398119521373889472449303L, whole = std::floor(p);
    long double mantissa = 0.75L * std::pow(10.0L, p - whole), exponent = whole;
    if (mantissa < 1) mantissa *= 10, exponent -= 1;
    CHECK(s.mantissa == static_cast<double>(mantissa));
    CHECK(s.exponent == static_cast<std::int64_t>(exponent));
  }
  for (int e = -400; e <= 400; ++e)
    CHECK(ScaledReal{2.5, e}.to_double() ==
          static_cast<double>(2.5L * std::pow(10.0L, static_cast<long double>(e))));
}

TEST_CASE("the conversion to decimal is right within its stated error, a million binary digits from 1 too") {
  using Real = boost::multiprecision::number<boost::multiprecision::mpfr_float_backend<60>>;
  std::mt19937_64 random(3);
  std::uniform_real_distribution<double> mantissa(0.5, 1), size(0, 20);
  for (int i = 0; i < 3000; ++i) {
    const double m = mantissa(random);
    const auto e = static_cast<std::int64_t>(std::exp2(size(random))) * (i % 2 == 0 ? 1 : -1);
    const ScaledReal s = ScaledReal::from_binary(m, e);
    const Real truth = Real(m) * pow(Real(2), Real(e)) / pow(Real(10), Real(s.exponent));
    const Real error = abs(Real(s.mantissa) / truth - 1);
    CAPTURE(m, e, error.convert_to<double>());
    CHECK(error.convert_to<double>() <= conversion_error(s));
    const Real log = log10(truth) + s.exponent;
    CHECK(abs(log - s.log10()).convert_to<double>() <= conversion_error(s) + 0x1p-52 * std::fabs(s.log10()));
  }
}

TEST_CASE("the rule for what is not finite: infinite quantities are certified, the rest is no number") {
  const double inf = HUGE_VAL, nan = std::nan("");
  const auto settled = [](double value, Status status, double error,
                          Measure::Bound bound = Measure::Bound::upper) {
    return Measure{value, status, error, "how", bound}.settled();
  };
  CHECK(settled(2, Status::certified, 0.5).value == 2);
  CHECK(settled(2, Status::numerical, 0).status == Status::numerical);
  CHECK(settled(inf, Status::certified, 0).value == inf);
  CHECK(settled(-inf, Status::certified, 0).value == -inf);
  CHECK(settled(inf, Status::certified, nan).status == Status::not_defined);
  CHECK(settled(inf, Status::numerical, inf).status == Status::not_defined);
  CHECK(settled(inf, Status::numerical, 0).status == Status::not_defined);
  CHECK(settled(1, Status::numerical, inf).status == Status::undecided);
  CHECK(settled(1, Status::certified, nan).status == Status::undecided);
  CHECK(settled(1, Status::certified, -1).status == Status::undecided);
  CHECK(settled(nan, Status::numerical, 0).status == Status::undecided);
  CHECK(settled(inf, Status::below_precision, 0).status == Status::undecided);
  CHECK(settled(3, Status::below_precision, 0, Measure::Bound::lower).bound == Measure::Bound::lower);
  for (const Status status : {Status::undecided, Status::not_defined}) {
    CHECK(std::isnan(settled(1, status, 7).value));
    CHECK(settled(1, status, 7).error == 0);
    CHECK(settled(1, status, 7).method == "how");
  }
  CHECK(settled(inf, Status::numerical, inf).method.find("how") != std::string::npos);
}
