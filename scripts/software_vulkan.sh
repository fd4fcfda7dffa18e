#!/usr/bin/env bash
# Unpacks a Vulkan loader and a driver that needs no graphics card into a folder, and prints the
# variables that make a process use them:
#
#   eval "$(scripts/software_vulkan.sh [FOLDER])"
#
# For Debian and its like; nothing is installed and no root is needed. The runtime wants Mesa 25 or
# later, which Debian 12 has in its backports. Where Mesa cannot be had, SwiftShader of the package
# chromium-common serves, eight times slower.
set -euo pipefail
folder=$(realpath -m "${1:-$(dirname "$0")/../.crosstie/vulkan}")
libraries="$folder/usr/lib/$(uname -m)-linux-gnu"

fetch() { # fetch RELEASE PACKAGE…: the packages and all they need, without those of every system
  local release=$1 line codename
  shift
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial"
  for line in "debian $codename" "debian $codename-backports" "debian-security $codename-security"; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]" \
      "http://deb.debian.org/${line% *} ${line#* } main"
  done >"$folder/apt/sources.list"
  local options=(
    -qq -o "Dir::Etc::SourceList=$folder/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache"
    -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Retries=2
  )
  apt-get "${options[@]}" update || return
  apt-get "${options[@]}" install --download-only --no-install-recommends -y \
    -t "${release/CODENAME/$codename}" "$@" || return
  for package in "$folder"/apt/cache/archives/*.deb; do
    case ${package##*/} in
      libc6_* | libc-bin_* | libgcc-s1_* | libstdc++6_* | gcc-*-base_*) ;; # the system's own
      *) dpkg -x "$package" "$folder" || return ;;
    esac
  done
  rm -rf "$folder/apt"
}

mesa() {
  fetch CODENAME-backports libvulkan1 mesa-vulkan-drivers || return
  [ -e "$libraries/libvulkan_lvp.so" ] && [ -e "$libraries/libvulkan.so.1" ] || return
  sed "s|\"library_path\":.*\"|\"library_path\": \"$libraries/libvulkan_lvp.so\"|" \
    "$folder"/usr/share/vulkan/icd.d/lvp_icd*.json >"$folder/driver.json" || return
  echo "$libraries" >"$folder/path"
}

swiftshader() {
  mkdir -p "$folder/apt"
  (cd "$folder/apt" && apt-get -qq download chromium-common && dpkg -x chromium-common_*.deb "$folder") || return
  rm -rf "$folder/apt"
  cp "$folder/usr/lib/chromium/vk_swiftshader_icd.json" "$folder/driver.json" || return
  sed -i "s|\./libvk|$folder/usr/lib/chromium/libvk|" "$folder/driver.json" || return
  echo "$folder/usr/lib/chromium" >"$folder/path"
}

if [ ! -e "$folder/path" ]; then
  command -v apt-get >/dev/null || { echo "Cannot fetch a Vulkan driver: there is no apt-get" >&2; exit 1; }
  mkdir -p "$folder"
  (mesa) >&2 || (swiftshader) >&2 || { echo "Cannot fetch a Vulkan driver: see above" >&2; exit 1; }
fi
echo "export VK_DRIVER_FILES=$folder/driver.json"
echo "export LD_LIBRARY_PATH=$(cat "$folder/path")\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}"
