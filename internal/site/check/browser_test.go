package check

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// view is a kind of screen.
type view struct {
	name          string
	width, height int64
	dark          bool
}

var (
	phone   = view{"phone", 390, 844, false}
	desktop = view{"desktop", 1280, 900, false}
)

func (v view) inDark() view { return view{v.name + "-dark", v.width, v.height, true} }

// browser starts Chromium, and returns a context of a tab.
func browser(t *testing.T) context.Context {
	t.Helper()
	name := os.Getenv("CHROMIUM")
	for _, other := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(other); name == "" && err == nil {
			name = path
		}
	}
	if name == "" {
		t.Fatal("no Chromium: install it, as by apt-get install chromium, or name it in CHROMIUM")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(name), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("Chromium does not start: ", err)
	}
	return ctx
}

// open shows a page in a view, and waits until its scripts have run.
func open(ctx context.Context, v view, address string) error {
	scheme, options := "light", []chromedp.EmulateViewportOption(nil)
	if v.dark {
		scheme = "dark"
	}
	if v.width < 600 {
		options = append(options, chromedp.EmulateMobile)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(v.width, v.height, options...)); err != nil {
		return err
	}
	if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		},
	}); err != nil {
		return err
	}
	return chromedp.Do(ctx, chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("main")),
		chromedp.Poll[chromedp.Void](`document.querySelector('#app')?.__vue_app__ !== undefined`))
}

// inspection is what is looked at in a page.
type inspection struct {
	Wider      int // than the screen, in pixels
	Violations []struct {
		ID, Help string
		Nodes    []string
	}
}

// inspect takes all but some words of each colour out of the code, before axe-core looks at the contrast of each: pages
// have thousands of them, and a dozen colours.
const (
	width   = `({wider: document.documentElement.scrollWidth - document.documentElement.clientWidth})`
	inspect = `(async () => {
		const found = ` + width + `, seen = {}
		for (const word of document.querySelectorAll('pre span[style]')) {
			const style = word.getAttribute('style')
			seen[style] = (seen[style] ?? 0) + 1
			if (seen[style] > 3) word.remove()
		}
		const { violations } = await axe.run({ resultTypes: ['violations'] })
		found.violations = violations.map(v => ({
			id: v.id, help: v.help, nodes: v.nodes.map(n => n.target.join(' ') + ' ' + n.failureSummary)}))
		return found
	})()`
)

// Ensure that no page breaks a rule of accessibility of axe-core, that none is wider than the screen, and that none has
// an error of JavaScript. axe-core looks at each page on a phone and in dark on a desktop.
func TestPages(t *testing.T) {
	t.Parallel()
	base, pages := serve(t)
	axe, err := os.ReadFile("../../../site/node_modules/axe-core/axe.min.js")
	if err != nil {
		t.Fatal("no axe-core: run make site first: ", err)
	}
	for _, v := range []view{phone, phone.inDark(), desktop, desktop.inDark()} {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			ctx := browser(t)
			var thrown atomic.Value
			err := chromedp.Listen(ctx, func(event any) {
				if e, ok := event.(*runtime.EventExceptionThrown); ok {
					thrown.Store(e.ExceptionDetails.Text)
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, page := range pages {
				ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
				err := open(ctx, v, base+page)
				var found inspection
				if err == nil && v.dark != (v.width < 600) {
					if err = chromedp.Do(ctx, chromedp.Evaluate[chromedp.Void](string(axe)+`;0`)); err == nil {
						found, err = chromedp.Run(ctx, chromedp.Evaluate[inspection](inspect, chromedp.EvalAwaitPromise))
					}
				} else if err == nil {
					found, err = chromedp.Run(ctx, chromedp.Evaluate[inspection](width))
				}
				cancel()
				if err != nil {
					t.Fatalf("%s: %v", page, err)
				}
				if found.Wider > 0 {
					t.Errorf("%s: the page is %d pixels wider than the screen", page, found.Wider)
				}
				for _, w := range found.Violations {
					t.Errorf("%s: %s: %s\n  %d nodes, such as %s", page, w.ID, w.Help, len(w.Nodes),
						strings.Join(strings.Fields(w.Nodes[0]), " "))
				}
				if text := thrown.Swap(""); text != nil && text != "" {
					t.Errorf("%s: an error of JavaScript: %s", page, text)
				}
			}
		})
	}
	t.Logf("%d pages", len(pages))
}

// Ensure that the search box, opened and used by keys alone, leads to what is typed.
func TestSearch(t *testing.T) {
	t.Parallel()
	base, _ := serve(t)
	ctx, cancel := context.WithTimeout(browser(t), 10*time.Minute)
	defer cancel()
	for text, want := range map[string]string{
		"soft delete": "/guide/writes.html#soft-delete", "ErrUnique": "/errors.html#errunique",
		"N+1": "/guide/relations.html#eager-loading-no-n1-queries",
	} {
		err := open(ctx, desktop, base+"/vet.html")
		if err == nil {
			err = chromedp.Do(ctx, chromedp.KeyEvent("/"), chromedp.WaitVisible(chromedp.CSS("#localsearch-input")),
				chromedp.SendKeys(chromedp.CSS("#localsearch-input"), text),
				chromedp.WaitVisible(chromedp.CSS("#localsearch-list .result.selected")),
				chromedp.Poll[chromedp.Void](fmt.Sprintf(
					`document.querySelector('#localsearch-list .result.selected').href.endsWith(%q)`, want)),
				chromedp.KeyEvent(kb.Enter), chromedp.Poll[chromedp.Void](`location.pathname !== '/vet.html'`))
		}
		var at string
		if err == nil {
			at, err = chromedp.Run(ctx, chromedp.Location())
		}
		if err != nil {
			t.Fatalf("%s: no result %s: %v", text, want, err)
		}
		if at != base+want {
			t.Errorf("%s: the first result is %s, not %s", text, at, want)
		}
	}
}

// TestShots writes pictures of pages to the folder SITE_SHOTS, to look at; SITE_PAGES names some of them.
func TestShots(t *testing.T) {
	t.Parallel()
	folder := os.Getenv("SITE_SHOTS")
	if folder == "" {
		t.Skip("SITE_SHOTS names no folder")
	}
	base, pages := serve(t)
	if only := os.Getenv("SITE_PAGES"); only != "" {
		pages = strings.Fields(only)
	}
	ctx := browser(t)
	for _, page := range pages {
		for _, v := range []view{phone, phone.inDark(), desktop, desktop.inDark()} {
			err := open(ctx, v, base+page)
			var picture []byte
			if err == nil {
				picture, err = chromedp.Run(ctx, chromedp.CaptureScreenshot())
			}
			name := strings.NewReplacer("/", "-", ".html", "", "#", "-").Replace("site" + page)
			if err == nil {
				err = os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%s.png", name, v.name)), picture, 0o600)
			}
			if err != nil {
				t.Fatal(page, err)
			}
		}
	}
}
