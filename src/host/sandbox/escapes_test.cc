#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <fstream>

#include "host/sandbox/code_sandbox.h"

namespace rigwise {
namespace {

/// What somebody may try in an answer. Each is tried here, and each must come to nothing.
class Escapes : public testing::Test {
 protected:
  void SetUp() override {
    static const SandboxSupport kSupport = probe_sandbox();
    if (kSupport.level < SandboxLevel::namespaces) GTEST_SKIP() << kSupport.words;
    is_full_ = kSupport.level == SandboxLevel::full;
    sandbox_ = std::make_unique<Sandbox>(kSupport);
  }

  static BoxLimits small() {
    BoxLimits limits;
    limits.cpu_s = 2;
    limits.wall_s = 4;
    limits.data_mib = 128;
    limits.memory_mib = 192;
    limits.box_mib = 16;
    limits.files = 2000;
    limits.file_mib = 8;
    return limits;
  }
  BoxResult run(std::vector<std::string> command, BoxLimits limits = small(),
                std::map<std::string, BoxFile> files = {}) {
    BoxJob job;
    job.command = std::move(command);
    job.environment = {{"PATH", "/usr/bin:/bin"}, {"HOME", "/tmp"}, {"LC_ALL", "C.UTF-8"}};
    job.limits = limits;
    job.files = std::move(files);
    job.show = {"result", "link", "pipe", "folder/inner"};
    BoxResult result = sandbox_->run(job);
    EXPECT_EQ(result.not_run, "");
    return result;
  }
  BoxResult bash(const std::string& script, BoxLimits limits = small()) {
    return run({"/usr/bin/bash", "-c", script}, limits);
  }
  BoxResult python(const std::string& script, BoxLimits limits = small()) {
    return run({"/usr/bin/python3", "-E", "-s", "-B", "-c", script}, limits);
  }
  /// A C program, compiled inside and run there.
  BoxResult c(const std::string& body) {
    const std::string source =
        "#define _GNU_SOURCE\n#include <errno.h>\n#include <fcntl.h>\n#include <sched.h>\n"
        "#include <signal.h>\n#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n"
        "#include <sys/ioctl.h>\n#include <sys/mman.h>\n#include <sys/mount.h>\n#include <sys/ptrace.h>\n"
        "#include <sys/socket.h>\n#include <sys/syscall.h>\n#include <sys/wait.h>\n#include <unistd.h>\n"
        "int main(void) {\n" +
        body + "\nreturn 0; }\n";
    BoxLimits limits = small();
    limits.cpu_s = 20;
    limits.wall_s = 60;
    limits.data_mib = 512;
    limits.memory_mib = 512;
    return run({"/bin/sh", "-c", "gcc -w -o t t.c && exec ./t"}, limits, {{"t.c", {source, false}}});
  }

  bool is_full_ = false;
  std::unique_ptr<Sandbox> sandbox_;
};

TEST_F(Escapes, AForkBombIsEnded) {
  const BoxResult result = bash(":(){ :|:& };:; sleep 3; echo still here");
  EXPECT_TRUE(result.exit_status != 0 || result.err.find("fork") != std::string::npos) << result.out << result.err;
  const BoxResult threads = python(
      "import threading, time\nn = 0\ntry:\n  while True:\n    threading.Thread(target=time.sleep, args=(9,), "
      "daemon=True).start(); n += 1\n"
      "except RuntimeError:\n  print('refused', n)\n");
  EXPECT_TRUE(threads.ended_by == "processes" || threads.out.find("refused") != std::string::npos) << threads.out;
}

TEST_F(Escapes, MemoryOfOneProcessIsLimited) {
  const BoxResult result = python("x = bytearray(1 << 30)\nprint('got it')");
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.exit_status, 0);
}

TEST_F(Escapes, MemoryOfManyProcessesIsLimited) {
  const BoxResult result = python(
      "import os, time\nfor i in range(20):\n  if os.fork() == 0:\n    x = bytearray(b'x' * (60 << 20)); "
      "time.sleep(9)\n"
      "time.sleep(9)\nprint('got it')");
  EXPECT_EQ(result.ended_by, "memory");
  EXPECT_EQ(result.out, "");
}

TEST_F(Escapes, SharedMemoryCountsToo) {
  BoxLimits limits = small();
  limits.data_mib = 0;
  const BoxResult result = python(
      "import mmap, time\nm = mmap.mmap(-1, 600 << 20)\nfor i in range(0, 600 << 20, 4096): m[i] = 1\n"
      "time.sleep(3)\nprint('got it')",
      limits);
  EXPECT_EQ(result.ended_by, "memory");
}

TEST_F(Escapes, TheFolderHasASize) {
  const BoxResult one = bash("head -c 100M /dev/zero > big; echo $?; ls -l big | wc -c");
  EXPECT_TRUE(one.out.empty() || one.out.front() != '0') << one.out;
  const BoxResult many = bash("for i in 1 2 3 4 5 6; do head -c 4M /dev/zero > f$i || echo full; done");
  EXPECT_NE(many.out.find("full"), std::string::npos) << many.out << many.err;
  const BoxResult elsewhere = bash(
      "for d in /tmp /dev/shm; do for i in 1 2 3 4 5 6; do head -c 4M /dev/zero > $d/f$i || echo full; done; done");
  EXPECT_NE(elsewhere.out.find("full"), std::string::npos);
}

TEST_F(Escapes, ManySmallFilesAreTooMany) {
  const BoxResult result =
      python("import time\nfor i in range(100000): open(str(i), 'w').close()\ntime.sleep(2)\nprint('done')");
  EXPECT_TRUE(result.ended_by == "files" || result.exit_status != 0) << result.ended_by;
  EXPECT_EQ(result.out, "");
}

TEST_F(Escapes, ThereIsNoNetwork) {
  const BoxResult result = python(
      "import socket\n"
      "for where in (('1.1.1.1', 53), ('127.0.0.1', 22), ('169.254.169.254', 80)):\n"
      "  try: socket.create_connection(where, 1); print('connected', where)\n"
      "  except OSError as e: print('refused')\n"
      "try: print(socket.gethostbyname('example.com'))\n"
      "except OSError: print('refused')\n");
  EXPECT_EQ(result.out, "refused\nrefused\nrefused\nrefused\n") << result.err;
  EXPECT_EQ(bash("tail -n +3 /proc/net/dev | grep -v '  lo:' | wc -l").out, "0\n");
}

TEST_F(Escapes, SocketsBeyondTheMachineAreRefused) {
  if (!is_full_) GTEST_SKIP() << "no filter of system calls here";
  const BoxResult result =
      c("printf(\"%d %d %d %d\\n\", socket(40, 1, 0) < 0, socket(16, 3, 0) < 0, socket(17, 3, 0) < 0,"
        "socket(AF_UNIX, SOCK_STREAM, 0) >= 0);");
  EXPECT_EQ(result.out, "1 1 1 1\n") << result.err;
}

TEST_F(Escapes, FilesOfTheHostAreNotThere) {
  const std::string secret = testing::TempDir() + "/rigwise-secret-" + std::to_string(::getpid());
  std::ofstream(secret) << "secret";
  const BoxResult result = bash("cat /etc/passwd /etc/shadow /$(echo root)/.bashrc " + secret + " " +
                                RIGWISE_SOURCE_DIR + "/tests/tasks/scores.csv /proc/1/root" + secret +
                                " 2>/dev/null; ls /root /home /work /var /sys /opt 2>/dev/null | wc -l");
  EXPECT_EQ(result.out, "0\n");
  ::unlink(secret.c_str());
}

TEST_F(Escapes, NothingOfTheSystemCanBeWritten) {
  const BoxResult result = bash(
      "for f in /usr/bin/x /x /etc/x /dev/x /usr/bin/ls; do (echo x >> $f) 2>/dev/null && echo wrote $f; done; "
      "rm -f /usr/bin/ls; chmod 777 /usr/bin 2>/dev/null && echo changed; mv /bin /b 2>/dev/null && echo moved; ls "
      "/usr/bin/ls");
  EXPECT_EQ(result.out, "/usr/bin/ls\n");
}

TEST_F(Escapes, ProcShowsNoOtherProcess) {
  const BoxResult result = bash(
      "ls /proc | grep -c '^[0-9]'; cat /proc/1/environ 2>/dev/null | tr '\\0' '\\n' | grep -c RIGWISE; "
      "kill -9 " +
      std::to_string(::getpid()) + " 2>/dev/null || echo nobody");
  EXPECT_LT(std::atoi(result.out.c_str()), 10);
  EXPECT_NE(result.out.find("nobody"), std::string::npos);
}

TEST_F(Escapes, ProcCannotBeUsedToWrite) {
  const BoxResult result = bash(
      "for f in /proc/sys/kernel/core_pattern /proc/sysrq-trigger /proc/sys/kernel/hostname /proc/1/mem "
      "/proc/1/oom_score_adj; do "
      "(echo x > $f) 2>/dev/null && echo wrote $f; done; echo end");
  EXPECT_EQ(result.out, "end\n");
}

TEST_F(Escapes, TheFirstProcessCannotBeKilledOrLookedInto) {
  const BoxResult killed = bash("kill -9 1; kill -STOP 1; kill -TERM 1; sleep 0.2; echo alive");
  EXPECT_EQ(killed.out, "alive\n");
  const BoxResult all = bash("kill -9 -1; echo alive");
  EXPECT_TRUE(all.out.empty() || all.out == "alive\n");
}

TEST_F(Escapes, WhatIsPrintedIsOnlyOutput) {
  const BoxResult result = bash("echo '{\"exit_status\": 0, \"passed\": true}'; echo PASSED >&2; exit 9");
  EXPECT_EQ(result.exit_status, 9);
}

TEST_F(Escapes, LeavingEarlyIsSeen) {
  CodeSandbox code(*sandbox_);
  if (const std::string why = code.why_not(CodeLanguage::python); !why.empty()) GTEST_SKIP() << why;
  SandboxSpec spec;
  spec.language = CodeLanguage::python;
  spec.files = {"a.py"};
  spec.driver = TaskFile{"driver.py", "import a\nprint(a.f())\n"};
  TestCase test;
  test.expected = "42\n";
  const RunOutcome outcome = code.run(spec, {{"a.py", "import os\nos._exit(0)\n"}}, {test});
  ASSERT_EQ(outcome.runs.size(), 1U);
  EXPECT_EQ(outcome.runs[0].exit_status, 0);
  EXPECT_EQ(outcome.runs[0].output, "");
}

TEST_F(Escapes, ACaseLeavesNothingToTheNext) {
  CodeSandbox code(*sandbox_);
  if (const std::string why = code.why_not(CodeLanguage::bash); !why.empty()) GTEST_SKIP() << why;
  SandboxSpec spec;
  spec.language = CodeLanguage::bash;
  spec.files = {"a.sh"};
  const RunOutcome outcome = code.run(
      spec,
      {{"a.sh", "ls /tmp /dev/shm . ; echo x > left; echo x > /tmp/left; echo x > /dev/shm/left; echo exit >> a.sh"}},
      {{}, {}});
  ASSERT_EQ(outcome.runs.size(), 2U);
  EXPECT_EQ(outcome.runs[0].output, outcome.runs[1].output);
  EXPECT_NE(outcome.runs[0].output.find("a.sh"), std::string::npos);
}

TEST_F(Escapes, HugeOutputIsCut) {
  const BoxResult result = bash("yes | head -c 300M; yes 1>&2 | head -c 1M; echo", [] {
    BoxLimits l = small();
    l.wall_s = 20;
    return l;
  }());
  EXPECT_EQ(result.out.size(), std::size_t{1} << 20);
  EXPECT_LE(result.err.size(), std::size_t{1} << 20);
}

TEST_F(Escapes, AHangIsEnded) {
  EXPECT_EQ(bash("sleep 1000").ended_by, "time");
  EXPECT_EQ(bash("trap '' TERM INT HUP XCPU; while :; do sleep 1; done").ended_by, "time");
}

TEST_F(Escapes, AnEndlessLoopIsEnded) {
  const BoxResult result = bash("while :; do :; done");
  EXPECT_EQ(result.ended_by, "time");
  EXPECT_NE(result.exit_status, 0);
}

TEST_F(Escapes, DaemonsAreEndedWithTheBox) {
  const std::string mark = "rigwise-daemon-" + std::to_string(::getpid());
  const BoxResult result = bash("(setsid nohup bash -c 'exec -a " + mark +
                                " sleep 1000' >/dev/null 2>&1 &) ; (setsid sleep 1000 &) ; echo left");
  EXPECT_EQ(result.out, "left\n");
  EXPECT_EQ(result.exit_status, 0);
  FILE* pipe = ::popen(("ps ax -o args | grep -c '^" + mark + "'").c_str(), "r");
  ASSERT_NE(pipe, nullptr);
  char line[64] = "";
  EXPECT_NE(std::fgets(line, sizeof line, pipe), nullptr);
  ::pclose(pipe);
  EXPECT_EQ(std::string(line), "0\n");
}

TEST_F(Escapes, SignalsReachNobodyOutside) {
  const BoxResult result =
      bash("kill -TERM " + std::to_string(::getppid()) + " 2>&1 | grep -c 'No such'; kill -TERM 0; echo alive");
  EXPECT_EQ(result.out.substr(0, 2), "1\n");
}

TEST_F(Escapes, DangerousCallsAreRefused) {
  if (!is_full_) GTEST_SKIP() << "no filter of system calls here";
  const BoxResult result =
      c("pid_t child = fork(); if (child == 0) { pause(); }\n"
        "printf(\"ptrace %d\\n\", ptrace(PTRACE_ATTACH, child, 0, 0) < 0 && errno == EPERM);\n"
        "printf(\"mount %d\\n\", mount(\"none\", \"/tmp\", \"tmpfs\", 0, 0) < 0);\n"
        "printf(\"umount %d\\n\", umount2(\"/box\", MNT_DETACH) < 0);\n"
        "printf(\"unshare %d\\n\", unshare(CLONE_NEWUSER) < 0);\n"
        "printf(\"clone %d\\n\", syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0) < 0);\n"
        "printf(\"clone3 %d\\n\", syscall(SYS_clone3, 0, 0) < 0 && errno == ENOSYS);\n"
        "printf(\"setns %d\\n\", syscall(SYS_setns, 0, 0) < 0 && errno == EPERM);\n"
        "printf(\"bpf %d\\n\", syscall(SYS_bpf, 0, 0, 0) < 0 && errno == EPERM);\n"
        "printf(\"keyctl %d\\n\", syscall(SYS_keyctl, 0, 0) < 0 && errno == EPERM);\n"
        "printf(\"uring %d\\n\", syscall(SYS_io_uring_setup, 1, 0) < 0 && errno == ENOSYS);\n"
        "printf(\"memfd %d\\n\", memfd_create(\"x\", 0) < 0);\n"
        "printf(\"sti %d\\n\", ioctl(0, 0x5412, \"x\") < 0 && errno == EPERM);\n"
        "printf(\"chroot %d\\n\", chroot(\"/tmp\") < 0);\n"
        "printf(\"setuid %d\\n\", setuid(0) < 0);\n"
        "kill(child, SIGKILL);\n");
  EXPECT_EQ(result.out,
            "ptrace 1\nmount 1\numount 1\nunshare 1\nclone 1\nclone3 1\nsetns 1\nbpf 1\nkeyctl 1\nuring 1\n"
            "memfd 1\nsti 1\nchroot 1\nsetuid 1\n")
      << result.err;
}

#if defined(__x86_64__)
TEST_F(Escapes, TheOldDoorOfTheProcessorIsShut) {
  if (!is_full_) GTEST_SKIP() << "no filter of system calls here";
  // int 0x80 speaks another table of calls: 20 is getpid there.
  const BoxResult result =
      c("long r = 20; __asm__ volatile(\"int $0x80\" : \"+a\"(r)); printf(\"came through %ld\\n\", r);");
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.exit_status, 0);
}
#endif

TEST_F(Escapes, NoRightsAreGained) {
  const BoxResult result = bash(
      "grep -E '^Cap(Eff|Prm|Bnd)|NoNewPrivs' /proc/self/status | awk '{print $2}' | tr '\\n' ' '; su -c id "
      "2>/dev/null; sudo id 2>/dev/null; mount -t tmpfs x /tmp 2>/dev/null && echo mounted; unshare -Ur id 2>/dev/null "
      "&& echo unshared; true");
  EXPECT_EQ(result.out, "0000000000000000 0000000000000000 0000000000000000 1 ");
}

TEST_F(Escapes, LimitsCannotBeRaised) {
  EXPECT_EQ(bash("ulimit -u 100000 2>/dev/null && echo raised; ulimit -d unlimited 2>/dev/null && echo raised; ulimit "
                 "-t unlimited 2>/dev/null && echo raised; nice -n -10 true 2>/dev/null; echo end")
                .out,
            "end\n");
}

TEST_F(Escapes, LinksAreNotFollowedWhenFilesAreRead) {
  const BoxResult result =
      bash("ln -s /etc/hostname result; ln -s /proc/self/environ link; mkfifo pipe; ln -s / folder; echo x > inner");
  EXPECT_TRUE(result.files.empty());
  EXPECT_EQ(result.tree, (std::vector<std::string>{"folder", "inner", "link", "result"}));
}

TEST_F(Escapes, DeepFoldersDoNotHangTheReader) {
  const BoxResult result =
      python("import os\nfor i in range(1500):\n  os.mkdir('d'); os.chdir('d')\nopen('f', 'w').close()");
  EXPECT_TRUE(result.tree.empty());
}

TEST_F(Escapes, CompilersRunInsideToo) {
  CodeSandbox code(*sandbox_);
  if (const std::string why = code.why_not(CodeLanguage::cpp); !why.empty()) GTEST_SKIP() << why;
  SandboxSpec spec;
  spec.language = CodeLanguage::cpp;
  spec.files = {"a.cc"};
  const auto compile = [&](const std::string& source) { return code.compile(spec, {{"a.cc", source}}); };
  const CompileOutcome included = compile("#include \"/etc/passwd\"\nint main() {}\n");
  EXPECT_FALSE(included.compiles);
  EXPECT_EQ(included.message.find("root:"), std::string::npos);
  const RunOutcome incbin = code.run(spec, {{"a.cc", "asm(\".incbin \\\"/etc/passwd\\\"\");\nint main() {}\n"}}, {{}});
  EXPECT_FALSE(incbin.builds);
  EXPECT_FALSE(compile("#if __has_include(\"" RIGWISE_SOURCE_DIR
                       "/README.md\")\nint x;\n#else\n#error no\n#endif\nint main() {}\n")
                   .compiles);
  const CompileOutcome plugin = compile("#pragma GCC dependency \"/etc/shadow\"\nint main() { return y; }\n");
  EXPECT_FALSE(plugin.compiles);
}

TEST_F(Escapes, CompilerBombsAreEnded) {
  BoxLimits limits = small();
  limits.cpu_s = 5;
  limits.wall_s = 10;
  limits.data_mib = 300;
  limits.memory_mib = 300;
  const std::string templates = "template <int N> struct A { A<N + 1> a; A<N + 2> b; };\nint main() { A<0> a; }\n";
  const BoxResult deep =
      run({"/usr/bin/g++", "-ftemplate-depth=900000", "-fsyntax-only", "a.cc"}, limits, {{"a.cc", {templates, false}}});
  EXPECT_NE(deep.exit_status, 0);
  const BoxResult large = run({"/usr/bin/g++", "-O1", "-o", "m", "a.cc"}, limits,
                              {{"a.cc", {"int x[1000000000] = {1};\nint main() {}\n", false}}});
  EXPECT_NE(large.exit_status, 0);
  EXPECT_LT(large.err.size(), (std::size_t{1} << 20) + 1);
}

TEST_F(Escapes, TheTestsAreNotInside) {
  CodeSandbox code(*sandbox_);
  if (const std::string why = code.why_not(CodeLanguage::bash); !why.empty()) GTEST_SKIP() << why;
  SandboxSpec spec;
  spec.language = CodeLanguage::bash;
  spec.files = {"a.sh"};
  TestCase test;
  test.expected = "expected-words-7194";
  const RunOutcome outcome =
      code.run(spec,
               {{"a.sh",
                 "grep -rsl expected-words-7194 /box /tmp /dev/shm /proc/self/environ /proc/1/cmdline; env | grep -c "
                 "7194; cat /proc/*/cmdline | tr '\\0' ' ' | grep -c 'words-7194\\b.*words'"}},
               {test});
  ASSERT_EQ(outcome.runs.size(), 1U);
  EXPECT_EQ(outcome.runs[0].output.find("/box/a.sh\n0\n"), 0U) << outcome.runs[0].output;
}

TEST_F(Escapes, AreNotNeededWhereNothingIsRun) {
  const Sandbox none{SandboxSupport{}};
  EXPECT_FALSE(none.is_usable());
  BoxJob job;
  job.command = {"/usr/bin/true"};
  EXPECT_NE(none.run(job).not_run.find("no sandbox"), std::string::npos);
  const Sandbox insisted{SandboxSupport{}, true};
  job.command = {"/bin/sh", "-c", "cat; sleep 100 & exit 3"};
  job.stdin_text = "hello";
  const BoxResult result = insisted.run(job);
  EXPECT_EQ(result.out, "hello");
  EXPECT_EQ(result.exit_status, 3);
}

}  // namespace
}  // namespace rigwise
