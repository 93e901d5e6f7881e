# sandlint_embed_cases(target symbol): every fixtures/<rule>/cases.md in one text, each after a line
# that holds a record separator and the rule's id. Examples of a rule page come from there.
function(sandlint_embed_cases target symbol)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/fixtures/*/cases.md)
  set(joined ${CMAKE_BINARY_DIR}/embedded/${symbol}.txt)
  set(output ${CMAKE_BINARY_DIR}/embedded/${symbol}.cpp)
  add_custom_command(
    OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} "-DFILES=${files}" -DOUTPUT=${joined} -P
            ${CMAKE_SOURCE_DIR}/cmake/join_cases.cmake
    COMMAND ${CMAKE_COMMAND} -DINPUT=${joined} -DOUTPUT=${output} -DSYMBOL=${symbol} -P
            ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/join_cases.cmake
            ${CMAKE_SOURCE_DIR}/cmake/embed_file.cmake
    VERBATIM)
  set_source_files_properties(${output} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${output})
endfunction()
