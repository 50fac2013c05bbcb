#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>

namespace runrate {

/// The bytes of a file or a stream, decompressed where they are gzip (also several members, one after another).
class ByteSource {
public:
    /// \param file  a path, or `-` for `standard_input` \throws InputError when it cannot be opened
    ByteSource(std::string const& file, std::istream& standard_input);
    ~ByteSource();
    ByteSource(ByteSource&&) noexcept;
    ByteSource& operator=(ByteSource&&) noexcept;

    /// Up to `most` bytes; 0 at the end. \throws InputError when the file cannot be read or its gzip is damaged
    std::size_t read(char* to, std::size_t most);

    /// What messages call it: the path, or `<stdin>`.
    [[nodiscard]] std::string const& name() const { return name_; }

private:
    class Input;
    std::string name_;
    std::unique_ptr<Input> input_;
};

}  // namespace runrate
