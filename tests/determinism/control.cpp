// The positive control of hwcaps.sh: glibc's own functions, whose bits depend on the CPU's features.

#include <cmath>
#include <cstdio>

int main() {
    for (int i = 1; i < 20000; ++i) {
        double const x = i * 0.00137;
        std::printf("%a %a %a %a\n", std::exp(x), std::log(x), std::pow(x, 1.7), std::sin(x));
    }
}
