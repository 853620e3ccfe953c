# shellcheck shell=bash
# What ./quickstart and ./check share: packages, configure, build.
# Sourced by bash with the root of the checkout as the working folder.

PACKAGES=(
  libmlir-22-dev mlir-22-tools llvm-22-dev llvm-22-tools clang-22 lld-22
  libclang-rt-22-dev # sanitizers and libFuzzer
  # What the CMake files of those packages look for.
  libzstd-dev libedit-dev libcurl4-openssl-dev zlib1g-dev libxml2-dev libffi-dev
  libstdc++-12-dev nlohmann-json3-dev libsqlite3-dev libgtest-dev libgmock-dev g++ make pkgconf
  cmake ninja-build ccache python3
)

fail() {
  echo "${0##*/}: error: $*" >&2
  exit 1
}

# part NAME: a heading; the time since the last one goes to TIMES.
TIMES=()
part() {
  end_part
  PART=$1 PART_START=$SECONDS
  printf '\n== %s\n' "$1"
}
end_part() {
  [[ -z ${PART-} ]] || TIMES+=("$PART $((SECONDS - PART_START)) s")
  PART=
}

# Installs those of PACKAGES that are missing. Runs apt-get only if some are.
install_packages() {
  if ! command -v dpkg-query >/dev/null; then
    echo "no dpkg here: taking it that the packages of docs/Building.md are installed"
    return
  fi
  local installed missing=() package
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' \
                "${PACKAGES[@]}" 2>/dev/null || true)
  for package in "${PACKAGES[@]}"; do
    grep -qxF "installed $package" <<<"$installed" || missing+=("$package")
  done
  if ((${#missing[@]} == 0)); then
    echo "all ${#PACKAGES[@]} packages are installed"
    return
  fi
  local apt=(apt-get -y --no-install-recommends install "${missing[@]}")
  local root=()
  if ((EUID != 0)); then
    sudo -n true 2>/dev/null || fail "packages are missing; as root, run
  apt-get update && ${apt[*]}"
    root=(sudo)
  fi
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  "${root[@]}" apt-get update -qq &&
    "${root[@]}" env DEBIAN_FRONTEND=noninteractive "${apt[@]}" -qq </dev/null ||
    fail "apt-get failed; its message is above"
}

# build TARGET...: with JOBS compilers at once.
build() {
  [[ -f build/build.ninja ]] || cmake --preset default || return
  cmake --build --preset default --parallel "$JOBS" --target "$@"
}

# build_sanitized PRESET TARGET: the same in the build folder of a sanitizer.
build_sanitized() {
  [[ -f build-$1/build.ninja ]] || cmake --preset "$1" || return
  cmake --build --preset "$1" --parallel "$JOBS" --target "$2"
}

# Prints the path of ptxas; false if there is none.
find_ptxas() {
  command -v ptxas || { [[ -x /usr/local/cuda/bin/ptxas ]] &&
                          echo /usr/local/cuda/bin/ptxas; }
}
