package main

import (
	"fmt"
	"os"
	"sort"
	"strings"
)

func main() {
	needs, err := parse(os.Stdin)
	if err != nil {
		fmt.Println(err)
		return
	}
	if order, ok := buildOrder(needs); ok {
		for _, name := range order {
			fmt.Println(name)
		}
		return
	}
	fmt.Println("cycle: " + strings.Join(cycle(needs), " -> "))
}

func names(needs map[string]map[string]bool) []string {
	var all []string
	for name := range needs {
		all = append(all, name)
	}
	sort.Strings(all)
	return all
}

func buildOrder(needs map[string]map[string]bool) ([]string, bool) {
	all := names(needs)
	done := map[string]bool{}
	var order []string
	for len(order) < len(all) {
		next := ""
		for _, name := range all {
			if !done[name] && ready(needs[name], done) {
				next = name
				break
			}
		}
		if next == "" {
			return nil, false
		}
		done[next] = true
		order = append(order, next)
	}
	return order, true
}

func ready(needed, done map[string]bool) bool {
	for name := range needed {
		if !done[name] {
			return false
		}
	}
	return true
}

// cycle walks from the smallest name that reaches itself.
func cycle(needs map[string]map[string]bool) []string {
	for _, start := range names(needs) {
		if !reaches(needs, start, start, map[string]bool{}) {
			continue
		}
		path := []string{start}
		at := start
		for {
			at = step(needs, at, start)
			path = append(path, at)
			if at == start {
				return path
			}
		}
	}
	return nil
}

func step(needs map[string]map[string]bool, at, start string) string {
	var choices []string
	for name := range needs[at] {
		if name == start || reaches(needs, name, start, map[string]bool{}) {
			choices = append(choices, name)
		}
	}
	sort.Strings(choices)
	return choices[0]
}

func reaches(needs map[string]map[string]bool, from, to string, seen map[string]bool) bool {
	for name := range needs[from] {
		if name == to {
			return true
		}
		if !seen[name] {
			seen[name] = true
			if reaches(needs, name, to, seen) {
				return true
			}
		}
	}
	return false
}
