# What is installed, and the packages made of it: `cpack -G DEB`, and of the "static" preset `cpack -G TGZ`.
include(GNUInstallDirs)
install(TARGETS rigwise RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

# The program writes its own manual page and completions.
set(made ${CMAKE_BINARY_DIR}/package)
install(CODE "
  file(MAKE_DIRECTORY ${made})
  execute_process(COMMAND $<TARGET_FILE:rigwise> man OUTPUT_FILE ${made}/rigwise.1 COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND gzip -9nf ${made}/rigwise.1 COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND $<TARGET_FILE:rigwise> completion bash OUTPUT_FILE ${made}/rigwise COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND $<TARGET_FILE:rigwise> completion zsh OUTPUT_FILE ${made}/_rigwise COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND $<TARGET_FILE:rigwise> completion fish OUTPUT_FILE ${made}/rigwise.fish COMMAND_ERROR_IS_FATAL ANY)")
install(FILES ${made}/rigwise.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/rigwise DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/_rigwise DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${made}/rigwise.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
install(FILES README.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
install(DIRECTORY examples DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_PACKAGE_NAME rigwise)
set(CPACK_PACKAGE_VENDOR "The Rigwise project")
set(CPACK_PACKAGE_CONTACT "The Rigwise project <rigwise@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "which machine to buy to run large language models, or whether to buy none")
set(CPACK_PACKAGE_DESCRIPTION "Predicts how fast each model runs on each machine and how far to trust that, measures,
scores models on tasks of one's own, counts the money over years, and advises; in a terminal and in a browser.")
set(CPACK_PACKAGE_DIRECTORY ${CMAKE_BINARY_DIR}/packages)
set(CPACK_RESOURCE_FILE_LICENSE ${CMAKE_SOURCE_DIR}/LICENSE)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_PACKAGE_FILE_NAME "rigwise-${PROJECT_VERSION}-linux-${CMAKE_SYSTEM_PROCESSOR}")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION utils)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "bubblewrap, ca-certificates")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "python3, nodejs")
include(CPack)
