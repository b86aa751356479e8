package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// command is what archives hold, compiled.
const command = library + "/promcli/cmd/prom"

// file is a file of an archive.
type file struct {
	name string
	mode int64
	text []byte
}

// archives compiles the command for the platforms, and writes an archive of each with the licences of all that is
// compiled in, the notes, and the checksums of the archives. The command is compiled as go install does for users, from
// the modules of the release, so that anybody with the same version of Go gets the same bytes:
//
//	CGO_ENABLED=0 GOOS=linux GOARCH=amd64 \
//		go install -trimpath -buildvcs=false github.com/prom-go/prom/promcli/cmd/prom@v0.1.0
func (c *cut) archives(r *release, work, dist, notes string) error {
	b := builder{version: c.version, work: work}
	proxy := filepath.Join(work, "proxy")
	if err := r.writeProxy(proxy); err != nil {
		return err
	}
	cache, err := exec.Command("go", "env", "GOMODCACHE").Output() //nolint:noctx // it is ended with the program
	if err != nil {
		return err
	}
	b.env = append(os.Environ(), "GOPATH="+filepath.Join(work, "go"), "GOMODCACHE="+filepath.Join(work, "mod"),
		"GOBIN=", "GOWORK=off", "GOFLAGS=-modcacherw -trimpath -buildvcs=false", "CGO_ENABLED=0",
		"GONOSUMDB="+library+","+library+"/*", "GOPRIVATE=", "GONOPROXY=none",
		"GOPROXY=file://"+proxy+",file://"+filepath.Join(strings.TrimSpace(string(cache)), "cache", "download")+
			","+goEnv("GOPROXY"))
	if err := os.MkdirAll(dist, 0o777); err != nil {
		return err
	}
	var sums strings.Builder
	for _, platform := range c.platforms {
		files, err := b.build(platform, filepath.Join(r.out, "promcli"))
		if err != nil {
			return err
		}
		license, err := os.ReadFile(filepath.Join(r.out, "LICENSE"))
		if err != nil {
			return err
		}
		files = append(files, file{"LICENSE", 0o644, license})
		name := "prom_" + strings.TrimPrefix(c.version, "v") + "_" + strings.ReplaceAll(platform, "/", "_")
		archive := tarGz
		if strings.HasPrefix(platform, "windows/") {
			name, archive = name+".zip", zipped
		} else {
			name += ".tar.gz"
		}
		text, err := archive(files)
		if err == nil {
			err = os.WriteFile(filepath.Join(dist, name), text, 0o666) //nolint:gosec // public
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(text), name)
		fmt.Fprintf(c.out, "%s: %d bytes\n", name, len(text))
	}
	for name, text := range map[string]string{"SHA256SUMS": sums.String(), "notes.md": notes} {
		if err := os.WriteFile(filepath.Join(dist, name), []byte(text), 0o666); err != nil { //nolint:gosec // public
			return err
		}
	}
	_, err = fmt.Fprint(c.out, sums.String(), "\n")
	return err
}

func goEnv(name string) string {
	out, err := exec.Command("go", "env", name).Output() //nolint:noctx // it is ended with the program
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// builder compiles the command of a version.
type builder struct {
	version, work string
	env           []string
}

// build returns the command, compiled for a platform such as linux/amd64, and the licences of its modules.
func (b *builder) build(platform, module string) ([]file, error) {
	system, arch, ok := strings.Cut(platform, "/")
	if !ok {
		return nil, fmt.Errorf("%q is no platform such as linux/amd64", platform)
	}
	env := append(slices.Clone(b.env), "GOOS="+system, "GOARCH="+arch)
	if _, err := b.goRun(b.work, env, "install", command+"@"+b.version); err != nil {
		return nil, err
	}
	name := "prom"
	if system == "windows" {
		name += ".exe"
	}
	bin := filepath.Join(b.work, "go", "bin", system+"_"+arch, name)
	if _, err := os.Stat(bin); err != nil { // that of the platform that it runs on has no folder of its own
		bin = filepath.Join(b.work, "go", "bin", name)
	}
	text, err := os.ReadFile(bin)
	if err != nil {
		return nil, err
	}
	list, err := b.goRun(module, env, "list", "-deps", "-f",
		"{{with .Module}}{{.Path}} {{.Version}}\t{{.Dir}}{{end}}", "./cmd/prom")
	if err != nil {
		return nil, err
	}
	notices, err := licences(strings.Split(strings.TrimSpace(list), "\n"))
	return []file{{name, 0o755, text}, {"NOTICES", 0o644, notices}}, err
}

func (b *builder) goRun(dir string, env []string, args ...string) (string, error) {
	cmd := exec.Command("go", args...) //nolint:noctx // it is ended with the program
	cmd.Dir, cmd.Env = dir, env
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go %s: %w: %s", args[0], err, stderr.Bytes())
	}
	return string(out), nil
}

var licence = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|unlicense)`)

// licences returns the licences of modules, each given as its path and version, a tab and its folder. One without a
// licence is an error.
func licences(modules []string) ([]byte, error) {
	slices.Sort(modules)
	var text bytes.Buffer
	for _, m := range slices.Compact(modules) {
		name, dir, _ := strings.Cut(m, "\t")
		if dir == "" || name == "" || strings.HasPrefix(name, library+" ") || strings.HasPrefix(name, library+"/") {
			continue // the standard library is under Go's own licence, and these are under that of the archive
		}
		entries, err := os.ReadDir(dir)
		if err != nil {
			return nil, err
		}
		n := text.Len()
		for _, e := range entries {
			if e.IsDir() || !licence.MatchString(e.Name()) {
				continue
			}
			b, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				return nil, err
			}
			fmt.Fprintf(&text, "%s\n\n%s\n\n%s\n", name, bytes.TrimSpace(b), strings.Repeat("-", 80))
		}
		if text.Len() == n {
			return nil, fmt.Errorf("%s has no file with a licence", name)
		}
	}
	return text.Bytes(), nil
}

// epoch is the time of all files of archives, so that the same files make the same archive.
var epoch = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func tarGz(files []file) ([]byte, error) {
	var out bytes.Buffer
	zw, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	tw := tar.NewWriter(zw)
	for _, f := range files {
		head := &tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.text)), ModTime: epoch, Format: tar.FormatUSTAR}
		if err := tw.WriteHeader(head); err != nil {
			return nil, err
		}
		if _, err := tw.Write(f.text); err != nil {
			return nil, err
		}
	}
	if err := tw.Close(); err != nil {
		return nil, err
	}
	err = zw.Close()
	return out.Bytes(), err
}

func zipped(files []file) ([]byte, error) {
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, f := range files {
		w, err := zw.CreateHeader(&zip.FileHeader{Name: f.name, Method: zip.Deflate, Modified: epoch})
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.text); err != nil {
			return nil, err
		}
	}
	err := zw.Close()
	return out.Bytes(), err
}
