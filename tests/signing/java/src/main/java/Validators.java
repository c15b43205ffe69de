import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads questions, one JSON object in each line, and answers each with one line, until there are no more. */
public final class Validators {
    public static void main(String[] arguments) throws Exception {
        var json = new ObjectMapper();
        var asked = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        var answers = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        System.setOut(System.err); // libraries that print must not speak between the answers
        for (String line = asked.readLine(); line != null; line = asked.readLine()) {
            answers.println(json.writeValueAsString(answer(json.readValue(line, Question.class))));
        }
    }

    private static Object answer(Question question) {
        try {
            return question.trust() == null ? Archivable.judged(question.path()) : Signatures.judged(question);
        } catch (Exception | StackOverflowError error) { // of a file that was tampered with: an answer, too
            return Map.of("unreadable", error.toString());
        }
    }
}
