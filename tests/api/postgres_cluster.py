"""A PostgreSQL server of its own for a test: one Unix socket in a temporary folder, nobody else's. Without
PostgreSQL it raises: a test that needs it never passes by leaving something out."""
import atexit
import functools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import time


class Cluster:
    def __init__(self):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if not found:
            raise RuntimeError("PostgreSQL is not installed: run scripts/setup")
        self.programs = found[-1].parent
        # PostgreSQL refuses to run as root.
        user = pwd.getpwnam("postgres") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        self.identity = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="understudy-pg-"))
        os.chown(self.folder, user.pw_uid, user.pw_gid)
        self.folder.chmod(0o755)
        self.run("initdb", "-D", self.folder / "data", "-U", "understudy", "-A", "trust", "-E", "UTF8", "--locale=C",
                 "--no-sync", "--no-instructions")
        self.process = None
        self.start()

    def run(self, program, *arguments, text=None):
        done = subprocess.run([self.programs / program, *arguments], input=text, capture_output=True, text=True,
                              cwd="/", **self.identity)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        self.process = subprocess.Popen(
            [self.programs / "postgres", "-D", self.folder / "data", "-k", self.folder, "-c", "listen_addresses=",
             "-c", "fsync=off", "-c", "max_connections=100"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **self.identity)
        deadline = time.time() + 60
        while time.time() < deadline:
            if subprocess.run([self.programs / "pg_isready", "-q", "-h", self.folder], check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise RuntimeError("PostgreSQL does not answer")

    def stop(self):
        """At once, as a crash of the server."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait(30)

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def url(self, database):
        return f"postgresql://understudy@/{database}?host={self.folder}"

    def new_database(self, name):
        self.sql(f"CREATE DATABASE {name}")
        return self.url(name)

    def sql(self, text, database="postgres"):
        return self.run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.folder, "-U", "understudy", "-d", database,
                        text=text).strip()

    def dump(self, database):
        """Everything in it, as text."""
        return self.run("pg_dump", "-h", self.folder, "-U", "understudy", "-d", database)


@functools.cache
def shared_cluster():
    """One for all servers of a test program."""
    cluster = Cluster()
    atexit.register(cluster.close)
    return cluster
