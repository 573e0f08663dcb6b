# shellcheck shell=dash
# Rows of the limitation table, a file each in limitations/STEP/ROW.sh, with a function ROW_limitation. Each is
# measured where the daemon lives: its namespaces, its capabilities, its own answer.

# Measures the rows of a step. $1 the step, by whose name their folder is called.
measure_limitations() {
	local row
	for row in $(limitation_rows "$1"); do "${row}_limitation"; done
}
