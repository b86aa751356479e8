//go:build unix

package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// logVariable names the file to which this program, when the go command runs it before each tool, adds what the tool
// has used.
const logVariable = "PROM_COMPILE_LOG"

// use is what a run of a tool has used.
type use struct {
	tool string // compile, link …
	pkg  string // the import path
	cpu  time.Duration
	peak int64 // bytes of memory
}

// wrap runs a tool, adds what it has used to a log, and returns its exit code.
func wrap(log string, args []string) int {
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "compile: no tool to run")
		return 2
	}
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
		return 2
	}
	usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	if !ok || len(args) > 1 && args[1] == "-V=full" {
		return cmd.ProcessState.ExitCode()
	}
	u := use{
		tool: filepath.Base(args[0]), pkg: "-",
		cpu:  cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(),
		peak: int64(usage.Maxrss),
	}
	if runtime.GOOS != "darwin" { // where it is in bytes already
		u.peak *= 1024
	}
	for i, arg := range args[:len(args)-1] {
		if arg == "-p" {
			u.pkg = args[i+1]
		}
	}
	f, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		// One write, so that tools which end at once do not mix their lines.
		_, err = fmt.Fprintf(f, "%s %s %d %d\n", u.tool, u.pkg, u.cpu, u.peak)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "compile:", err)
		return 2
	}
	return cmd.ProcessState.ExitCode()
}

// builder is a module in a folder of its own, which requires what the module of the benchmarks requires.
type builder struct {
	ctx  context.Context
	dir  string
	self string // this program
	made int    // packages, each of which has a name of its own
}

// modulePath is that of the module whose programs are built.
const modulePath = "example.test/compile"

func newBuilder(ctx context.Context) (*builder, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return nil, fmt.Errorf("go env GOMOD: %w", err)
	}
	bench := filepath.Dir(strings.TrimSpace(string(out)))
	mod, err := os.ReadFile(filepath.Join(bench, "go.mod"))
	if err != nil {
		return nil, err
	}
	if !bytes.Contains(mod, []byte("=> ../")) {
		return nil, fmt.Errorf("%s does not replace prom by the folder above; run this program in the module of the benchmarks", bench)
	}
	mod = bytes.Replace(mod, []byte("=> ../"), []byte("=> "+filepath.Dir(bench)), 1)
	mod = bytes.Replace(mod, []byte("module github.com/prom-go/prom/bench"), []byte("module "+modulePath), 1)
	sum, err := os.ReadFile(filepath.Join(bench, "go.sum"))
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "prom-compile-")
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, dir: dir, self: self}
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "go.mod"), mod, 0o600),
		os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o600),
	); err != nil {
		b.remove()
		return nil, err
	}
	return b, nil
}

func (b *builder) remove() { _ = os.RemoveAll(b.dir) }

// add writes a package and returns its import path. The comment in front makes it one that no cache holds.
func (b *builder) add(name, source string) (path string, err error) {
	b.made++
	dir := fmt.Sprintf("%s%d", name, b.made)
	if err := os.Mkdir(filepath.Join(b.dir, dir), 0o700); err != nil {
		return "", err
	}
	source = fmt.Sprintf("// Written at %d.\n\n%s", time.Now().UnixNano(), source)
	return modulePath + "/" + dir, os.WriteFile(filepath.Join(b.dir, dir, name+".go"), []byte(source), 0o600)
}

// build builds a package, a program when into names a file, and returns what the tools have used that had to run.
func (b *builder) build(path, into string) ([]use, error) {
	log := filepath.Join(b.dir, "uses")
	if err := os.RemoveAll(log); err != nil {
		return nil, err
	}
	args := []string{"build", "-mod=mod", "-buildvcs=false", "-toolexec=" + b.self}
	if into != "" {
		args = append(args, "-o", filepath.Join(b.dir, into))
	}
	cmd := exec.CommandContext(b.ctx, "go", append(args, path)...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), logVariable+"="+log)
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return readUses(log)
}

func readUses(log string) (uses []use, err error) {
	f, err := os.Open(log)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil // everything was in the cache
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) != 4 {
			return nil, fmt.Errorf("a line of the log of tools is not of four words")
		}
		cpu, err := strconv.ParseInt(fields[2], 10, 64)
		peak, err2 := strconv.ParseInt(fields[3], 10, 64)
		if err := errors.Join(err, err2); err != nil {
			return nil, err
		}
		uses = append(uses, use{fields[0], fields[1], time.Duration(cpu), peak})
	}
	return uses, lines.Err()
}

// compiled is what the compiler has used for one package.
func compiled(uses []use, path string) (use, error) {
	for _, u := range uses {
		if u.tool == "compile" && u.pkg == path {
			return u, nil
		}
	}
	return use{}, fmt.Errorf("%s was not compiled", path)
}

// size is the size of a program that was built.
func (b *builder) size(file string) (int64, error) {
	info, err := os.Stat(filepath.Join(b.dir, file))
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
