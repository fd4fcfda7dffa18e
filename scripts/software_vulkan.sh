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

# The loader, Mesa and all that they need, of this release and its backports.
mesa() {
  local codename mirror suite
  codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
  mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $codename" | head -n 1)
  mkdir -p "$folder/apt/lists/partial" "$folder/apt/cache/archives/partial" || return
  for suite in "$codename" "$codename-backports"; do
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main"
  done >"$folder/apt/sources.list"
  local options=(
    -qq -o "Dir::Etc::SourceList=$folder/apt/sources.list" -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$folder/apt/lists" -o "Dir::Cache=$folder/apt/cache"
    -o Dir::State::status=/dev/null -o APT::Sandbox::User=root -o Acquire::Retries=2
  )
  apt-get "${options[@]}" update || return
  apt-get "${options[@]}" install --download-only --no-install-recommends -y \
    -t "$codename-backports" libvulkan1 mesa-vulkan-drivers || return
  for package in "$folder"/apt/cache/archives/*.deb; do
    case ${package##*/} in
      libc6_* | libc-bin_* | libgcc-s1_* | libstdc++6_* | gcc-*-base_*) ;; # the system's own
      *) dpkg -x "$package" "$folder" || return ;;
    esac
  done
  rm -rf "$folder/apt"
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
