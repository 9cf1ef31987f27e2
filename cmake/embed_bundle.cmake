# rigwise_embed_bundle(NAME FILE): the assembler puts FILE into rigwise_host, between the symbols NAME_begin and NAME_end,
# with a zero byte after it.
function(rigwise_embed_bundle name file)
  set(assembly ${CMAKE_BINARY_DIR}/${name}.S)
  file(CONFIGURE OUTPUT ${assembly} @ONLY CONTENT [[
  .section .rodata
  .global @name@_begin
  .global @name@_end
  .balign 16
@name@_begin:
  .incbin "@file@"
@name@_end:
  .byte 0
  .section .note.GNU-stack, "", %progbits
]])
  set_source_files_properties(${assembly} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(rigwise_host PRIVATE ${assembly})
endfunction()
