#include "core/currency.h"

#include <limits>
#include <stdexcept>

#include "core/contract.h"

namespace runrate {
namespace {

/// National currencies of ISO 4217 (2026); no funds, metals and test codes.
constexpr std::string_view codes =
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY "
    "COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR "
    "ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK "
    "MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF "
    "SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU "
    "UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG ";

}  // namespace

bool is_currency(std::string_view code) {
    if (code.size() != 3) return false;
    auto const at = codes.find(code);
    return at != std::string_view::npos && at % 4 == 0;
}

Money exchanged(Money usd, ExchangeRate rate) {
    RUNRATE_EXPECT(rate.units > 0 && rate.usd > 0);
    if (rate.units == rate.usd) return usd;
    auto const nano = divide_half_even(Wide{usd.count()} * rate.units, rate.usd);
    constexpr Wide most = std::numeric_limits<std::int64_t>::max();
    if (nano > most || nano < -most)
        throw std::overflow_error("an amount is beyond 9.2 billion units of its currency (state results in USD)");
    return Money{static_cast<std::int64_t>(nano)};
}

}  // namespace runrate
