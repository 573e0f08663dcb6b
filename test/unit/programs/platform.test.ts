import { runAwk } from "../../support/hostPrograms";

const table = `
debian 12 apt-get debian bookworm yes - -
rhel 9 dnf rhel 9 no - -
rhel 10 dnf rhel 10 no - -
fedora 44 dnf fedora 44 no - -
arch rolling pacman - - no docker-buildx docker-compose
`;

test.each([
  ["rhel", "10.1", "rhel 10 dnf rhel 10 no - -\n"],
  ["rocky rhel centos fedora", "9.6", "rhel 9 dnf rhel 9 no - -\n"],
  ["ultramarine fedora", "44", "fedora 44 dnf fedora 44 no - -\n"],
  ["fedora rhel", "44", "fedora 44 dnf fedora 44 no - -\n"],
  ["cachyos arch", "", "arch rolling pacman - - no docker-buildx docker-compose\n"],
  ["fedora", "12", ""],
  ["void", "", ""],
])("a system of the names %j and the version %j", (names, version, line) => {
  expect(runAwk("platform/knownSystem.awk", table, { names, version })).toBe(line);
});
