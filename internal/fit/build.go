package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/prom-go/prom/internal/fit/walk"
)

// folder is where the generated packages are for the go command. They lie in a temporary folder, and the flag -overlay
// shows them in the module.
const folder = "internal/fit/generated"

// edit changes the models that promgen has written of the n-th database.
type edit func(n int, source []byte) []byte

// build has promgen write the models of each database, and compiles the program that checks them.
func build(ctx context.Context, of choice, edit edit, dsns ...string) (program string, clean func(), err error) {
	temp, err := os.MkdirTemp("", "prom-fit-")
	if err != nil {
		return "", nil, err
	}
	remove := func() { _ = os.RemoveAll(temp) }
	defer func() {
		if err != nil {
			remove()
		}
	}()
	root, err := moduleRoot(ctx)
	if err != nil {
		return "", nil, err
	}
	promgen := filepath.Join(temp, "promgen")
	if err := command(ctx, root, nil, "go", "build", "-o", promgen, "./cmd/promgen"); err != nil {
		return "", nil, err
	}
	overlay := map[string]string{}
	write := func(name string, text []byte) error {
		path := filepath.Join(temp, name)
		overlay[filepath.Join(root, folder, name)] = path
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return err
		}
		return os.WriteFile(path, text, 0o600)
	}
	for i, dsn := range dsns {
		var source bytes.Buffer
		pkg := fmt.Sprintf("models%d", i)
		cmd := exec.CommandContext(ctx, promgen, append(of.args(), "-package", pkg)...)
		cmd.Env, cmd.Dir = append(os.Environ(), "PROM_DSN="+dsn), root
		cmd.Stdout = &source
		var errs bytes.Buffer
		if cmd.Stderr = &errs; cmd.Run() != nil {
			return "", nil, errors.New(strings.TrimSpace(errs.String()))
		}
		if keep := os.Getenv("FIT_KEEP"); keep != "" {
			_ = os.WriteFile(filepath.Join(keep, pkg+".go"), source.Bytes(), 0o600)
		}
		models, more, err := withRelations(edit(i, source.Bytes()))
		if err != nil {
			return "", nil, err
		}
		if err := write(filepath.Join(pkg, "models.go"), models); err != nil {
			return "", nil, err
		}
		if err := write(filepath.Join(pkg, "fit.go"), more); err != nil {
			return "", nil, err
		}
	}
	if err := write("main.go", mainSource(len(dsns))); err != nil {
		return "", nil, err
	}
	list, err := json.Marshal(map[string]any{"Replace": overlay})
	if err != nil {
		return "", nil, err
	}
	overlayFile := filepath.Join(temp, "overlay.json")
	if err := os.WriteFile(overlayFile, list, 0o600); err != nil {
		return "", nil, err
	}
	program = filepath.Join(temp, "fit")
	return program, remove, command(ctx, root, nil, "go", "build", "-overlay", overlayFile,
		"-gcflags=github.com/prom-go/prom/"+folder+"/...=-l -dwarf=false", "-ldflags=-s -w", "-o", program, "./"+folder)
}

// mainSource returns the program that checks the models of n databases.
func mainSource(n int) []byte {
	var b bytes.Buffer
	b.WriteString("package main\n\nimport \"github.com/prom-go/prom/internal/fit/walk\"\n")
	for i := range n {
		fmt.Fprintf(&b, "import \"github.com/prom-go/prom/%s/models%d\"\n", folder, i)
	}
	b.WriteString("\nfunc main() { walk.Main(")
	for i := range n {
		fmt.Fprintf(&b, "models%d.FitModels, ", i)
	}
	b.WriteString(") }\n")
	return b.Bytes()
}

// environment returns the environment of the program.
func environment(dsns ...string) []string {
	env := os.Environ()
	for i, dsn := range dsns {
		env = append(env, fmt.Sprintf(walk.EnvDSN, i)+"="+dsn)
	}
	return env
}

func moduleRoot(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/prom-go/prom").Output()
	if err != nil {
		return "", fmt.Errorf("run fit in its module: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// command runs a program. Its error is what the program printed.
func command(ctx context.Context, dir string, env []string, name string, args ...string) error {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s %s: %w\n%s", name, args[0], err, out)
	}
	return nil
}
