package main

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// bind shows source at target. A mount is made read-only by a second call: the first ignores the flag.
func bind(source, target string, readOnly bool) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND, ""); err != nil {
		return &os.LinkError{Op: "bind", Old: source, New: target, Err: err}
	}
	if !readOnly {
		return nil
	}
	if err := unix.Mount("", target, "", unix.MS_BIND|unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		return &os.LinkError{Op: "make read-only", Old: source, New: target, Err: err}
	}
	return nil
}

// octal undoes how the kernel writes these characters in mountinfo.
var octal = strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)

// isMountPoint says whether something is mounted at path. Comparing devices would not do: a bind mount has its source's.
func isMountPoint(path string) (bool, error) {
	file, err := os.Open("/proc/self/mountinfo")
	if err != nil {
		return false, err
	}
	defer file.Close()
	path = filepath.Clean(path)
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		// The fifth field is the mount point: proc_pid_mountinfo(5).
		if fields := strings.Fields(lines.Text()); len(fields) > 4 && octal.Replace(fields[4]) == path {
			return true, nil
		}
	}
	return false, lines.Err()
}
