//===- CubinTest.cpp - Code that a GPU runs as it is ----------------------===//

#include "../../../lib/Runtime/Cubin.h"

#include "ArtifactChecksums.h"
#include "TestModel.h"

#include <gtest/gtest.h>

namespace recflex {
namespace {

/// A cubin with one program header at 64 (of 8 bytes at 200), and two section
/// headers at 300: one of 16 bytes at 100, one without bits.
std::string makeCubin() {
  std::string cubin = makeTestCubin(std::string(400, 'x'));
  setNumberAt(cubin, 32, 8, 64); // e_phoff
  setNumberAt(cubin, 54, 2, 56); // e_phentsize
  setNumberAt(cubin, 56, 2, 1);  // e_phnum
  setNumberAt(cubin, 64 + 8, 8, 200);
  setNumberAt(cubin, 64 + 32, 8, 8);
  setNumberAt(cubin, 40, 8, 300); // e_shoff
  setNumberAt(cubin, 58, 2, 64);  // e_shentsize
  setNumberAt(cubin, 60, 2, 2);   // e_shnum
  setNumberAt(cubin, 300 + 4, 4, 1);
  setNumberAt(cubin, 300 + 24, 8, 100);
  setNumberAt(cubin, 300 + 32, 8, 16);
  setNumberAt(cubin, 364 + 4, 4, 8);
  setNumberAt(cubin, 364 + 24, 8, 464);
  setNumberAt(cubin, 364 + 32, 8, 1 << 20);
  return cubin;
}

std::string errorOf(const std::string &cubin) {
  Status status = checkCubin(cubin);
  return status ? "none" : status.error().message;
}

/// makeCubin() with another number at a place.
std::string errorWith(size_t offset, int bytes, uint64_t number) {
  std::string cubin = makeCubin();
  setNumberAt(cubin, offset, bytes, number);
  return errorOf(cubin);
}

TEST(Cubin, WellFormedIsTaken) {
  EXPECT_EQ(errorOf(makeTestCubin()), "none");
  EXPECT_EQ(errorOf(makeCubin()), "none");
}

TEST(Cubin, OtherFilesAreRefused) {
  for (const std::string &file :
       {std::string(), std::string("\x7f") + "ELF", std::string(64, '\0'),
        makeTestCubin().substr(0, 63)})
    EXPECT_EQ(errorOf(file), "is not a 64-bit little-endian ELF file");
  EXPECT_EQ(errorWith(4, 1, 1), "is not a 64-bit little-endian ELF file");
  EXPECT_EQ(errorWith(5, 1, 2), "is not a 64-bit little-endian ELF file");
  // EM_X86_64: host code.
  EXPECT_EQ(errorWith(18, 2, 62),
            "is an ELF file for machine 62, not for CUDA (190)");
}

TEST(Cubin, WhatPointsOutsideIsRefused) {
  for (uint64_t far : {uint64_t{409}, uint64_t{465}, UINT64_MAX}) {
    EXPECT_EQ(errorWith(32, 8, far).find("has 1 program headers at"), 0u);
    EXPECT_EQ(errorWith(40, 8, far).find("has 2 section headers at"), 0u);
  }
  EXPECT_EQ(errorWith(54, 2, 57).find("has program headers of another"), 0u);
  EXPECT_EQ(errorWith(58, 2, 0).find("has section headers of another"), 0u);
  EXPECT_EQ(errorWith(60, 2, 65535).find("has 65535 section headers"), 0u);
  EXPECT_EQ(errorWith(72, 8, 457).find("has a program of 8 bytes at 457"), 0u);
  EXPECT_EQ(errorWith(96, 8, UINT64_MAX).find("has a program of"), 0u);
  EXPECT_EQ(errorWith(324, 8, 449).find("has a section of 16 bytes"), 0u);
  EXPECT_EQ(errorWith(332, 8, UINT64_MAX - 90).find("has a section of"), 0u);
  EXPECT_EQ(errorWith(304, 4, 8), "none");
}

} // namespace
} // namespace recflex
