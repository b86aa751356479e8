package arch_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Ensure that the workflows, and the pages for contributors, run commands that are there: targets of the Makefile and
// scripts.
func TestForge(t *testing.T) {
	t.Parallel()
	makefile := readPage(t, "Makefile")
	n := 0
	for _, path := range append(glob(t, ".github/workflows/*.yml"), "CONTRIBUTING.md", "README.md", ".ci/run") {
		text := readPage(t, path)
		calls := regexp.MustCompile("(?m)(?:^- run: |^ +- run: |^|`)make ([a-z-]+)")
		for _, m := range calls.FindAllStringSubmatch(text, -1) {
			n++
			if !regexp.MustCompile(`(?m)^` + m[1] + `:[^=]*## `).MatchString(makefile) {
				t.Errorf("%s: make has no target %s", path, m[1])
			}
		}
		for _, m := range regexp.MustCompile(`(?m)- run: (\.\S+)$`).FindAllStringSubmatch(text, -1) {
			n++
			info, err := os.Stat(filepath.Join(root, m[1]))
			if err != nil || info.Mode()&0o111 == 0 {
				t.Errorf("%s: %s cannot be run: %v", path, m[1], err)
			}
		}
		if strings.Contains(path, "workflows") && !strings.Contains(text, "\npermissions:\n") {
			t.Errorf("%s: it says no permissions", path)
		}
	}
	if n < 10 {
		t.Fatal("only ", n, " commands were found")
	}
}
