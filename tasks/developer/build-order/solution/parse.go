package main

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// parse gives what each target needs; names that are only needed are targets without needs.
func parse(in io.Reader) (map[string]map[string]bool, error) {
	needs := map[string]map[string]bool{}
	add := func(name string) {
		if needs[name] == nil {
			needs[name] = map[string]bool{}
		}
	}
	scanner := bufio.NewScanner(in)
	for number := 1; scanner.Scan(); number++ {
		line, _, _ := strings.Cut(scanner.Text(), "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		target, found := strings.CutSuffix(fields[0], ":")
		if !found || target == "" {
			return nil, fmt.Errorf("line %d: expected TARGET: NEEDS", number)
		}
		add(target)
		for _, name := range fields[1:] {
			add(name)
			needs[target][name] = true
		}
	}
	return needs, scanner.Err()
}
