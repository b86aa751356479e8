package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// pin gives one half of the processors to this process and the other to the server, which makes measurements steadier:
// otherwise the system moves both about. A server that is not this process's own, and a machine of one processor, are
// left alone.
func pin(s *postgresServer) (Fact, func(), error) {
	const what = "Processors"
	var all unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return Fact{}, nil, err
	}
	var cpus []int
	for i := range 1024 {
		if all.IsSet(i) {
			cpus = append(cpus, i)
		}
	}
	if !s.own || len(cpus) < 2 {
		return Fact{what, "shared by client and server"}, func() {}, nil
	}
	var client, server unix.CPUSet
	for i, cpu := range cpus {
		if i < len(cpus)/2 {
			client.Set(cpu)
		} else {
			server.Set(cpu)
		}
	}
	pids, err := s.processes()
	if err != nil {
		return Fact{}, nil, err
	}
	for _, pid := range pids {
		if err := move(pid, &server); err != nil {
			return Fact{}, nil, err
		}
	}
	before := runtime.GOMAXPROCS(len(cpus) / 2)
	if err := pinSelf(&client); err != nil {
		return Fact{}, nil, err
	}
	return Fact{what, fmt.Sprintf("pinned: %d for the client, %d for the server", len(cpus)/2, len(cpus)-len(cpus)/2)}, func() {
		_ = pinSelf(&all)
		runtime.GOMAXPROCS(before)
	}, nil
}

// pinSelf moves all threads of this process; those that they start follow.
func pinSelf(set *unix.CPUSet) error {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	for _, t := range threads {
		id, err := strconv.Atoi(t.Name())
		if err != nil {
			return err
		}
		if err := move(id, set); err != nil {
			return err
		}
	}
	return nil
}

// move moves a process or a thread, if it has not ended meanwhile.
func move(id int, set *unix.CPUSet) error {
	if err := unix.SchedSetaffinity(id, set); err != nil && err != unix.ESRCH {
		return fmt.Errorf("pin: %w", err)
	}
	return nil
}

// processes returns the server's first process, which starts those of connections, and its children.
func (s *postgresServer) processes() ([]int, error) {
	var dir string
	if err := s.conn.QueryRow(context.Background(), "SELECT current_setting('data_directory')").Scan(&dir); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(filepath.Join(dir, "postmaster.pid"))
	if err != nil {
		return nil, err
	}
	first, _, _ := strings.Cut(string(b), "\n")
	main, err := strconv.Atoi(first)
	if err != nil {
		return nil, err
	}
	pids := []int{main}
	children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", main, main))
	if err != nil {
		return pids, nil //nolint:nilerr // not every kernel has that file
	}
	for _, field := range strings.Fields(string(children)) {
		if pid, err := strconv.Atoi(field); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids, nil
}
