import java.util.List;

/**
 * About one file: its signatures where there is somebody to trust, otherwise whether it is PDF/A.
 *
 * @param at the moment at which it is looked at, ISO 8601; now where there is none
 */
public record Question(String path, Trust trust, String at) {
    /**
     * Paths of files, certificates and revocation lists in DER.
     *
     * @param revocation what authorities say beside the file; empty where the file must prove everything by itself
     */
    public record Trust(List<String> anchors, List<String> intermediates, List<String> revocation) {}
}
