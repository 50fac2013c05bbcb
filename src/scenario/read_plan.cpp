#include <algorithm>

#include <fmt/format.h>

#include "scenario/sections.h"
#include "scenario/words.h"

namespace runrate {
namespace {

Shape<DiscountSpec> tier_shape(Reading& reading) {
    return Table<DiscountSpec>("{above, discount}")
        .required("above", &DiscountSpec::above, number(reading, dimension::money_per_month, Reach::price),
                  "bill of a month that reaches the tier")
        .required("discount", &DiscountSpec::discount, number(reading, dimension::share, Reach::price), "share off")
        .shape();
}

struct Commitment {
    Number usd{0};
    int months = 1;
};

/// `$10k per month` or `$120k per year`; a belief brings its own period.
Shape<Commitment> commitment_shape(Reading& reading) {
    auto const monthly = number(reading, dimension::money_per_month, Reach::price);
    auto const yearly = number(reading, dimension::money_per_year, Reach::price);
    auto const read = [&reading, monthly, yearly](Cursor const& at) {
        auto const& text = at.node().text;
        auto const belief = text.starts_with('=') ? reading.beliefs.find(text.substr(1)) : std::nullopt;
        bool const year = belief ? reading.beliefs.unit_of(*belief) == Unit::dollars_per_year
                                 : text.find("year") != std::string::npos;
        return Commitment{(year ? yearly : monthly).read(at), year ? 12 : 1};
    };
    return {"money per month or year, such as $10k per month", read, monthly.schema};
}

struct ContractText {
    std::optional<std::string> vendor;
    std::optional<Number> discount;
    std::vector<DiscountSpec> tiers;
    bool tokens_only = false, excess_only = false;
    std::optional<Commitment> commitment;
    bool shortfall_paid = true;
    std::optional<Month> from, until;
};

void check_contract(ContractText const& t, Cursor const& at) {
    if (t.discount && !t.tiers.empty()) at.error("a contract has 'discount' or 'tiers', not both");
    if (!t.discount && t.tiers.empty() && !t.commitment)
        at.error("a contract needs 'discount', 'tiers' or 'commitment'");
    for (std::size_t i = 1; i < t.tiers.size(); ++i) {
        auto const& [above, before] = std::pair{t.tiers[i].above, t.tiers[i - 1].above};
        if (!above.uncertain() && !before.uncertain() && above.value <= before.value)
            at.find("tiers")->at(i).error("the tiers must rise (write the smallest bill first)");
    }
    if (t.from && t.until && *t.until < *t.from) at.find("until")->error("a contract ends after it begins");
}

struct NamedContract {
    std::string vendor;
    ContractSpec terms;
};

Shape<NamedContract> contract_shape(Reading& reading) {
    auto const table =
        Table<ContractText>("a contract with a vendor")
            .optional("vendor", &ContractText::vendor, text("a vendor such as anthropic"), "whose bill it covers")
            .optional("discount", &ContractText::discount, number(reading, dimension::share, Reach::price),
                      "share off the bill")
            .defaulted("tiers", &ContractText::tiers, list_of(tier_shape(reading)), "[]",
                       "shares off by the size of the month's bill")
            .defaulted("on", &ContractText::tokens_only, one_word_of<bool>({{"bill", false}, {"tokens", true}}), "bill",
                       "whether fees are discounted too")
            .defaulted("covers", &ContractText::excess_only, one_word_of<bool>({{"bill", false}, {"excess", true}}),
                       "bill", "whether a tier covers the whole bill or what is above it")
            .optional("commitment", &ContractText::commitment, commitment_shape(reading),
                      "the least that is spent, after discounts")
            .defaulted("shortfall", &ContractText::shortfall_paid,
                       one_word_of<bool>({{"paid", true}, {"waived", false}}), "paid",
                       "what becomes of a missed commitment")
            .optional("from", &ContractText::from, month_shape(), "first month")
            .optional("until", &ContractText::until, month_shape(), "last month");
    return converted<NamedContract, ContractText>(table.shape(), [](ContractText const& t, Cursor const& at) {
        check_contract(t, at);
        ContractSpec c{t.tiers, t.tokens_only, t.excess_only, {}, 1, t.shortfall_paid, t.from, t.until};
        if (t.discount) c.tiers = {{Number{0}, *t.discount}};
        if (t.commitment) {
            c.commitment_usd = t.commitment->usd;
            c.commitment_months = t.commitment->months;
        }
        return NamedContract{t.vendor.value_or(""), c};
    });
}

/// `$25k until 2026-09`.
Shape<CreditSpec> credit_shape(Reading& reading) {
    auto const money = number(reading, dimension::money, Reach::price);
    auto const read = [money](Cursor const& at) {
        CreditSpec credit;
        if (!at.expect(Node::Kind::scalar, "an amount such as $25k until 2026-09")) return credit;
        Node amount = at.node();
        auto const word = amount.text.find(" until ");
        if (word != std::string::npos) {
            auto const month = amount.text.substr(word + 7);
            credit.until = parse_month(month);
            if (!credit.until) at.error(fmt::format("'{}' is not a month (write $25k until 2026-09)", month));
            amount.text.resize(word);
        }
        credit.usd = money.read(Cursor{amount, at.path(), at.log()});
        return credit;
    };
    return {"an amount such as $25k until 2026-09", read, [](SchemaBuilder&) { return Json{{"type", "string"}}; }};
}

template <class T>
using ByVendor = std::vector<std::pair<std::string, T>>;

/// One value for the vendor that the entry names, or a map by vendor under an option.
template <class T>
Shape<ByVendor<T>> one_or_by_vendor(Shape<T> one) {
    auto const alone = converted<ByVendor<T>, T>(one, [](T value, Cursor const&) {
        return ByVendor<T>{{"", std::move(value)}};
    });
    return any_of<ByVendor<T>>(one.wanted, {{[](Node const& n) { return n.kind == Node::Kind::scalar; }, alone},
                                            {[](Node const& n) { return n.kind == Node::Kind::map; }, map_of(one)}});
}

struct EntryText {
    ByVendor<std::string> region;
    ByVendor<CreditSpec> credits;
    std::vector<NamedContract> contracts;
    std::vector<ProvisionedSpec> provisioned;
};

/// The parts of an entry, one by vendor that it names; to whom they belong, plans_of() tells.
std::vector<VendorPlan> parts_of(EntryText const& t) {
    std::vector<VendorPlan> plans;
    auto const of = [&](std::string const& vendor) -> VendorPlan& {
        auto const at = std::find_if(plans.begin(), plans.end(), [&](auto const& p) { return p.vendor == vendor; });
        if (at != plans.end()) return *at;
        plans.push_back({.option = {}, .vendor = vendor, .region = {}, .contract = {}, .credit = {}});
        return plans.back();
    };
    for (auto const& [vendor, region] : t.region) of(vendor).region = region;
    for (auto const& [vendor, credit] : t.credits) of(vendor).credit = credit;
    for (auto const& contract : t.contracts) of(contract.vendor).contract = contract.terms;
    for (auto const& p : t.provisioned) of(p.model.substr(0, p.model.find('/'))).provisioned.push_back(p);
    return plans;
}

Shape<std::vector<VendorPlan>> entry_shape(Reading& reading) {
    auto const table = Table<EntryText>("what is agreed with a vendor")
                           .defaulted("region", &EntryText::region, one_or_by_vendor(text("a region such as us")), "{}",
                                      "in which its models are asked")
                           .defaulted("contract", &EntryText::contracts, one_or_list(contract_shape(reading)), "[]",
                                      "discounts and commitments")
                           .defaulted("credits", &EntryText::credits, one_or_by_vendor(credit_shape(reading)), "{}",
                                      "amounts that pay bills first")
                           .defaulted("provisioned", &EntryText::provisioned, provisioned_shape(reading), "[]",
                                      "throughput that is paid whether it is used or not");
    return converted<std::vector<VendorPlan>, EntryText>(table.shape(), [](EntryText const& t, Cursor const& at) {
        for (std::size_t i = 1; i < t.contracts.size(); ++i) {
            auto const same = [&](NamedContract const& c) { return c.vendor == t.contracts[i].vendor; };
            if (std::any_of(t.contracts.begin(), t.contracts.begin() + static_cast<std::ptrdiff_t>(i), same))
                at.find("contract")
                    ->at(i)
                    .error("a vendor has one contract (terms that follow each other are not read)");
        }
        return parts_of(t);
    });
}

/// Adds a part to the plan of its option and vendor.
void merge(VendorPlan part, std::vector<VendorPlan>& plans) {
    auto const at = std::find_if(plans.begin(), plans.end(), [&](VendorPlan const& p) {
        return p.option == part.option && p.vendor == part.vendor;
    });
    if (at == plans.end()) return plans.push_back(std::move(part));
    if (!part.region.empty()) at->region = part.region;
    if (part.contract) at->contract = part.contract;
    if (part.credit) at->credit = part.credit;
    at->provisioned.insert(at->provisioned.end(), part.provisioned.begin(), part.provisioned.end());
}

/// Who can stand under `plan`.
struct Owners {
    std::vector<std::string> options, vendors;

    static bool has(std::vector<std::string> const& names, std::string const& name) {
        return std::find(names.begin(), names.end(), name) != names.end();
    }

    [[nodiscard]] bool known(std::string const& name, Cursor const& at) const {
        if (has(options, name) || has(vendors, name)) return true;
        auto all = options;
        all.insert(all.end(), vendors.begin(), vendors.end());
        at.error(fmt::format("'{}' is no option, no vendor that is asked and no pool{}", name,
                             suggestion(name, all, "known")));
        return false;
    }

    /// Under a vendor's name the parts are that vendor's for every option; under an option's each names its vendor.
    void assign(std::string const& name, VendorPlan& part, Cursor const& at) const {
        if (!has(options, name)) {
            if (!part.vendor.empty() && part.vendor != name)
                at.error(
                    fmt::format("'{0}' is a vendor (leave '{1}' out, or state it under plan.{1})", name, part.vendor));
            part.vendor = name;
            return;
        }
        part.option = name;
        if (part.vendor.empty())
            at.error("whose contract? (under an option name the vendor)");
        else if (!has(vendors, part.vendor))
            at.error(
                fmt::format("no model of '{}' is asked{}", part.vendor, suggestion(part.vendor, vendors, "asked")));
    }
};

}  // namespace

Shape<PlanSection> plan_shape(Reading& reading) {
    using Entry = PlanSection::value_type::second_type;
    auto const of_vendor = converted<Entry, VendorParts>(
        entry_shape(reading), [](VendorParts parts, Cursor const&) { return Entry{std::move(parts)}; });
    auto const of_pool = converted<Entry, PoolPlan>(
        pool_plan_shape(reading), [](PoolPlan plan, Cursor const&) { return Entry{std::move(plan)}; });
    auto const read = [&reading, of_vendor, of_pool](Cursor const& at) {
        PlanSection section;
        if (!at.expect(Node::Kind::map, "what is decided beforehand, by option, vendor or pool")) return section;
        for (auto& entry : at.node().entries) {
            bool const named = std::find(reading.pools.begin(), reading.pools.end(), entry.key) != reading.pools.end();
            auto const has = [&](char const* key) { return at.at(entry).find(key).has_value(); };
            bool const pool =  // a name with a slip is known by its keys
                named || has("at_least") || has("reserve") || has("own") || has("rest");
            section.emplace_back(entry.key, (pool ? of_pool : of_vendor).read(at.at(entry)));
        }
        return section;
    };
    auto const schema = [of_vendor, of_pool](SchemaBuilder& b) {
        return Json{{"type", "object"},
                    {"additionalProperties", {{"anyOf", Json::array({of_vendor.schema(b), of_pool.schema(b)})}}}};
    };
    return {"what is decided beforehand, by option, vendor or pool", read, schema};
}

std::vector<VendorPlan> plans_of(PlanSection const& section, Scenario const& s, Cursor const& plan) {
    Owners owners;
    for (auto const& option : s.options) owners.options.push_back(option.name);
    for (auto const& target : s.targets)
        if (!target.pool) owners.vendors.push_back(target.name.substr(0, target.name.find('/')));
    std::vector<VendorPlan> result;
    for (auto const& [name, entry] : section) {
        auto const* parts = std::get_if<VendorParts>(&entry);
        auto const at = *plan.find(name);
        if (!parts || !owners.known(name, at)) continue;
        for (auto part : *parts) {
            owners.assign(name, part, at);
            merge(std::move(part), result);
        }
    }
    return result;
}

}  // namespace runrate
