package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
)

// machineFacts says on what and with what was measured, without anything that tells whose machine it is.
func machineFacts(cfg config) []Fact {
	facts := []Fact{
		{"CPU", fmt.Sprintf("%s, %d cores", cpuModel(), runtime.NumCPU())},
		{"System", runtime.GOOS + "/" + runtime.GOARCH},
		{"Go", strings.TrimPrefix(runtime.Version(), "go")},
		{"Rounds, slots", fmt.Sprintf("%d rounds of %v for each peer, table of %s rows", cfg.Rounds, cfg.Slot, thousands(float64(cfg.rows)))},
	}
	seen := map[string]bool{}
	for _, engine := range cfg.engines {
		for _, lib := range cfg.chosen(engine) {
			if v := moduleVersion(lib.Module); v != "" && !seen[lib.Module] {
				seen[lib.Module] = true
				facts = append(facts, Fact{lib.Module, v})
			}
		}
	}
	for _, engine := range cfg.engines {
		for _, lib := range cfg.chosen(engine) {
			facts = append(facts, Fact{lib.Name + " on " + engineTitle(engine), lib.About})
		}
	}
	for _, text := range leftOut {
		facts = append(facts, Fact{"left out", text})
	}
	return facts
}

// moduleVersion returns the version of a module that the program was built with.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok || path == "" {
		return ""
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}

// cpuModel returns what the processor calls itself.
func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return runtime.GOARCH
	}
	for line := range strings.Lines(string(b)) {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}
