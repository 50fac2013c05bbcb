// What a program does that uses the installed library: read, run, take rows.

#include <iostream>

#include <runrate/study.h>
#include <runrate/version.h>

int main(int argc, char** argv) {
    if (argc != 3) return 2;
    auto const loaded = runrate::load_scenario({argv[1], {}, {}, {argv[2]}});
    runrate::StudySettings settings;
    settings.worlds = 64;
    auto const study = runrate::run(*loaded.scenario, settings);
    for (auto const& row : study.result.cost) {
        if (row.period == "horizon" && row.view == "accrual")
            std::cout << row.option << ' ' << row.scale << ' ' << row.mean->millionths << '\n';
    }
    std::cout << runrate::version() << '\n';
    return study.result.cost.empty() ? 1 : 0;
}
