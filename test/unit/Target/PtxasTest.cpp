//===- PtxasTest.cpp - PTX to cubins --------------------------------------===//
//
// With shell scripts in the place of ptxas: tests need no CUDA toolkit.
//
//===----------------------------------------------------------------------===//

#include "recflex/Target/Ptxas.h"

#include "recflex/Support/Files.h"

#include <cstdlib>
#include <gtest/gtest.h>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace recflex {
namespace {

class PtxasTest : public testing::Test {
protected:
  void SetUp() override {
    // What a shell would take apart.
    folder = testing::TempDir() + "recflex ptxas; test";
    mkdir(folder.c_str(), 0700);
    setenv("PATH", "/nonexistent", 1);
  }
  void TearDown() override {
    unlink(program().c_str());
    unlink(arguments().c_str());
    rmdir(folder.c_str());
    setenv("PATH", path.c_str(), 1);
  }

  std::string program() const { return folder + "/ptxas"; }
  /// Where the scripts write what they were called with.
  std::string arguments() const { return folder + "/arguments"; }

  Ptxas install(const std::string &script) {
    EXPECT_TRUE(writeFile(program(), "#!/bin/sh\n" + script));
    EXPECT_EQ(chmod(program().c_str(), 0700), 0);
    Result<Ptxas> ptxas = Ptxas::find({folder});
    EXPECT_TRUE(ptxas);
    return *ptxas;
  }

  std::string folder;
  std::string path = std::getenv("PATH");
};

TEST_F(PtxasTest, IsFoundOnThePathOrInAFolder) {
  EXPECT_EQ(Ptxas::find({"/nowhere", "/else"}).error().message,
            "ptxas, which assembles cubins, is neither on the PATH nor in "
            "/nowhere, /else; install the CUDA toolkit, or compile without "
            "cubins");
  EXPECT_EQ(install("exit 0").path(), program());
  setenv("PATH", folder.c_str(), 1);
  Result<Ptxas> onPath = Ptxas::find({"/nowhere"});
  ASSERT_TRUE(onPath) << onPath.error().message;
  EXPECT_EQ(onPath->path(), program());
}

TEST_F(PtxasTest, AssemblesThroughFilesThatAreGoneAfterwards) {
  Ptxas ptxas = install("printf '%s\\n' \"$@\" > '" + arguments() +
                        "'\n"
                        "/bin/ls -l \"$2\" >> '" +
                        arguments() +
                        "'\n"
                        "echo chatter; /bin/cp \"$2\" \"$4\"");
  Result<std::string> image = ptxas.assemble(".version 8.0 $(id)", "sm_90");
  ASSERT_TRUE(image) << image.error().message;
  EXPECT_EQ(*image, ".version 8.0 $(id)");

  std::istringstream called(*readFile(arguments()));
  std::string arch, input, dashO, output, listing;
  std::getline(called, arch);
  std::getline(called, input);
  std::getline(called, dashO);
  std::getline(called, output);
  std::getline(called, listing);
  EXPECT_EQ(arch, "-arch=sm_90");
  EXPECT_EQ(dashO, "-o");
  EXPECT_EQ(listing.find("-rw-------"), 0u) << listing;
  EXPECT_NE(access(input.c_str(), F_OK), 0);
  EXPECT_NE(access(output.c_str(), F_OK), 0);
}

TEST_F(PtxasTest, FailuresCarryWhatItSaid) {
  Ptxas ptxas = install("echo on stdout; echo on stderr >&2; exit 3");
  EXPECT_EQ(ptxas.assemble("", "sm_90").error().message,
            program() + " cannot assemble the PTX for sm_90: on stdout\n"
                        "on stderr");
  EXPECT_EQ(install("exit 3").assemble("", "sm_90").error().message,
            program() + " cannot assemble the PTX for sm_90: exit code 3");
  EXPECT_NE(install("kill -9 $$")
                .assemble("", "sm_90")
                .error()
                .message.find("cannot assemble the PTX for sm_90: "),
            std::string::npos);
}

} // namespace
} // namespace recflex
